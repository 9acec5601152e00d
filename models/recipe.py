"""How each network is trained: the whole recipe in one place."""

from dataclasses import dataclass, field, replace

from models.augment import Augmentation


@dataclass(frozen=True)
class Stage:
    """Some epochs at one input size (width, height), both divisible by 32."""

    size: tuple[int, int]
    epochs: int


class Staged:
    """A recipe in stages."""

    @property
    def epochs(self) -> int:
        """Those of all stages."""
        return sum(stage.epochs for stage in self.stages)


@dataclass(frozen=True)
class Recipe(Staged):
    """Settings of one training run."""

    stages: tuple[Stage, ...]
    input_size: tuple[int, int]  # width, height of the exported network
    network: str = "portrait_fcn_plus"  # see models.family
    encoder: str = "lite0"
    pretrained: bool = True  # begins with published weights
    hold_out_scenes: bool = False  # keeps some of PASCAL VOC for measuring (models.evaluate_scenes)
    scenes_only: bool = False  # learns from PASCAL VOC alone, never from a portrait
    precision: str = "float32"  # Keras's policy
    batch: int = 16
    # Peak, of AdamW: a tenth of the steps but an epoch at most to warm up, then a cosine to zero.
    learning_rate: float = 1.8e-3
    weight_decay: float = 0.02
    clip_norm: float = 2.0
    # A step, of the moving average of the weights, once its ramp has reached it (`average_decay`).
    # After so few steps as these recipes have, it has not: their average is the ramp's.
    average: float = 0.998
    iou_weight: float = 0.5
    squared_error: bool = False  # the loss is models.losses.squared_error instead, a mistake
    augmentation: Augmentation = field(default_factory=Augmentation)
    scene_share: float = 0.1  # samples drawn from PASCAL VOC instead of EG1800
    close_scenes: float = 0.0  # share of these that show one person's surroundings alone
    empty_share: float = 0.05  # samples without anybody
    seed: int = 0

    @property
    def schedule(self) -> str:
        """Epochs and input size (width x height) of each stage, to be read."""
        return ", ".join(f"{each.epochs} at {each.size[0]}x{each.size[1]}" for each in self.stages)


# Updating the average every few steps costs nothing in accuracy and spares the copying.
AVERAGE_EVERY = 4


def average_decay(a_step: float, update: int) -> float:
    """How much of the averaged weights stays at an update, counted from 0, every AVERAGE_EVERY steps.

    The ramp (update + 1) / (update + 10) comes first, so that the beginning is soon forgotten;
    from where that is more, `a_step` to the power of AVERAGE_EVERY. While the ramp lasts, the
    average after n updates counts the k-th about as (k / n) to the power of 8, and nine tenths of
    it are of the last quarter. The ramp passes 0.998 a step at update 1119, step 4476.
    """
    return min(a_step**AVERAGE_EVERY, (update + 1) / (update + 10))


# Goes on from published weights whose convolutions have their normalisation folded in: the rate is low.
_PORTRAITS = Recipe(
    stages=(Stage((192, 256), 4),),
    input_size=(192, 256),
    encoder="multiclass",
    learning_rate=7e-5,
    hold_out_scenes=True,
    augmentation=Augmentation(wide=0.06, background=0.25),
    empty_share=0.03,
    scene_share=0.08,
    seed=10,
)


def _with_scenes(epochs: int, **changes) -> Recipe:
    """The same for longer, as more of its samples are scenes."""
    return replace(_PORTRAITS, stages=(Stage(_PORTRAITS.input_size, epochs),), **changes)


_SHIPPED = {
    "portrait_fcn_plus_portraits": _PORTRAITS,
    "portrait_fcn_plus_scenes": _with_scenes(5, scene_share=0.4, close_scenes=0.5, seed=21),
    "portrait_fcn_plus_more_scenes": _with_scenes(6, scene_share=0.6, close_scenes=0.6, seed=22),
}
# Shipped is the mean of the weights of several trainings that began with the same ones (Wortsman et
# al. 2022, *Model soups*, ICML, section 2, "uniform soup"): each knows something of its own, and the
# mean costs what one does.
MEANS = {"portrait_fcn_plus": tuple(_SHIPPED)}


def _ablation(network: str, encoder: str, **changes) -> Recipe:
    """The same small budget for every network, so that they can be compared."""
    vgg = encoder == "vgg16"
    return Recipe(
        stages=(Stage((96, 128), 2),),
        input_size=(96, 128),
        network=network,
        encoder=encoder,
        # VGG16 has no batch normalisation: at the light networks' rate it diverges.
        learning_rate=1e-4 if vgg else 1.8e-3,
        # Twice as fast for VGG16 where the processor has it (AMX), a tenth as fast where not.
        precision="mixed_bfloat16" if vgg else "float32",
        **changes,
    )


def _longer(recipe: Recipe, epochs: int) -> Recipe:
    """Twelve epochs instead of two, and so many more at twice the size; at twice the rate."""
    return replace(
        recipe,
        stages=(Stage((96, 128), 12), Stage((192, 256), epochs)),
        input_size=(192, 256),
        learning_rate=2 * recipe.learning_rate,
    )


# What initialisation, portraits, portrait channels, the encoder and longer training are worth
# (models/ablations.py).
ABLATIONS = {
    "fcn8s_lite0": _ablation("fcn8s", "lite0", scenes_only=True),
    "portrait_fcn_lite0": _ablation("portrait_fcn", "lite0"),
    "portrait_fcn_plus_lite0": _ablation("portrait_fcn_plus", "lite0"),
    "portrait_fcn_plus_lite0_selfie": _ablation("portrait_fcn_plus", "lite0_selfie"),
    "portrait_fcn_lite0_scratch": _ablation("portrait_fcn", "lite0", pretrained=False),
    "portrait_fcn_plus_lite0_scratch": _ablation("portrait_fcn_plus", "lite0", pretrained=False),
    "fcn8s_vgg16": _ablation("fcn8s", "vgg16", scenes_only=True),
    "portrait_fcn_vgg16": _ablation("portrait_fcn", "vgg16"),
    "portrait_fcn_plus_vgg16": _ablation("portrait_fcn_plus", "vgg16"),
    "portrait_fcn_plus_vgg16_scratch": _ablation("portrait_fcn_plus", "vgg16", pretrained=False),
    "portrait_fcn_plus_vgg16_mistakes": replace(
        _ablation("portrait_fcn_plus_corner", "vgg16", squared_error=True),
        precision="float32",
    ),
    "portrait_fcn_plus_vgg16_long": _longer(_ablation("portrait_fcn_plus", "vgg16"), 24),
    "portrait_fcn_plus_vgg16_scratch_long": _longer(
        _ablation("portrait_fcn_plus", "vgg16", pretrained=False), 24
    ),
    "fcn8s_vgg16_long": _longer(_ablation("fcn8s", "vgg16", scenes_only=True), 8),
}
# Where chance in training is as large as what is asked, a network is trained more than once.
MORE_SEEDS = (1, 2)


def _trainings(name: str, recipe: Recipe) -> dict[str, Recipe]:
    more = () if recipe.encoder == "vgg16" or recipe.scenes_only else MORE_SEEDS
    return {name: recipe} | {f"{name}_seed{seed}": replace(recipe, seed=seed) for seed in more}


TRAININGS = {name: _trainings(name, recipe) for name, recipe in ABLATIONS.items()}
# All that can be trained, by name.
RECIPES = _SHIPPED | {
    name: recipe for each in TRAININGS.values() for name, recipe in each.items()
}


@dataclass(frozen=True)
class RefinementStage:
    """Some epochs of the refinement network with the same weights in the loss."""

    epochs: int
    learning_rate: float  # peak, of a cosine that begins with the first epoch of all
    cosine_epochs: int  # after so many epochs, counted from the first, it has fallen to zero
    square_weight: float
    side_weight: float


@dataclass(frozen=True)
class RefinementRecipe(Staged):
    """Settings of the refinement network's training; the loss is models/refinement_loss.py's."""

    stages: tuple[RefinementStage, ...] = (
        RefinementStage(9, 2e-3, 9, square_weight=2.0, side_weight=1.0),
        # The next ask for few large errors, the last for the mask's side.
        RefinementStage(2, 6e-3, 11, square_weight=10.0, side_weight=0.25),
        RefinementStage(1, 2.4e-2, 12, square_weight=5.0, side_weight=4.0),
    )
    batch: int = 16
    warm_up_steps: int = 100
    weight_decay: float = 0.01
    clip_norm: float = 2.0
    average: float = 0.995  # a step; `average_decay` reaches it at step 1776 of 12480
    gradient_weight: float = 1.0
    side_margin: float = 0.15
    keep: float = 0.1
    seed: int = 0


REFINEMENT = RefinementRecipe()
