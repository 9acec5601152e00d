"""A layer that leaves out all feature maps of a sample now and then while training."""

import keras
from keras import layers, ops


class DropTogether(layers.Layer):
    """Set all maps of a sample to zero, in a share of the samples; does nothing in use.

    What comes from elsewhere must then do alone, so that later layers learn to use it (ModDrop,
    Neverova et al. 2016, section 4.4). The kept maps are not scaled up: a sample has either all
    or none.
    """

    def __init__(self, rate: float, **options):
        super().__init__(**options)
        self.rate = rate
        self._seeds = keras.random.SeedGenerator()

    def call(self, maps, training=False):
        """maps: list of (batch, ., ., .) tensors with the same batch axis."""
        if not training:
            return maps
        chance = keras.random.uniform((ops.shape(maps[0])[0], 1, 1, 1), seed=self._seeds)
        kept = ops.cast(chance >= self.rate, maps[0].dtype)
        return [each * kept for each in maps]

    def compute_output_shape(self, input_shape):
        return input_shape
