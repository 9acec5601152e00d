"""Batch normalisation that trains at full speed on every backend."""

import keras

from models.layout import channel_axis

# Statistics follow the last ~30 batches; epsilon as in the ImageNet weights.
MOMENTUM, EPSILON = 0.97, 1e-3


def normalised(x, name: str):
    """Batch normalisation over the channels of a Keras tensor."""
    layer = BatchNormalization(channel_axis(), momentum=MOMENTUM, epsilon=EPSILON, name=name)
    return layer(x)


class BatchNormalization(keras.layers.BatchNormalization):
    """`keras.layers.BatchNormalization`, fused while training on PyTorch.

    Keras composes the layer from element-wise operations on its PyTorch backend, which on a CPU
    takes more time than all convolutions together. PyTorch's own fused kernel computes the same
    output (biased variance, as in Ioffe & Szegedy 2015, algorithm 1) in one pass; the variance that
    it remembers is the unbiased one, larger by 1 in the number of pixels of a batch.
    """

    def call(self, inputs, training=None, mask=None):
        """As keras.layers.BatchNormalization's."""
        if not (training and self.trainable and keras.backend.backend() == "torch"):
            return super().call(inputs, training=training, mask=mask)
        import torch

        running_mean, running_variance = self.moving_mean.value, self.moving_variance.value
        outputs = torch.nn.functional.batch_norm(
            inputs.movedim(self.axis, 1),
            running_mean,
            running_variance,
            self.gamma.value,
            self.beta.value,
            training=True,
            momentum=1.0 - self.momentum,
            eps=self.epsilon,
        )
        return outputs.movedim(1, self.axis)
