"""The refinement network's training loss, on any Keras backend."""

from keras import ops

from models.layout import channel_axis

# Outside 0..1 alpha is cut off, which says nothing of the way back; this share of the excess does.
LEAK = 0.1


def refinement_loss(
    square_weight: float,
    gradient_weight: float,
    side_weight: float,
    side_margin: float,
    keep: float,
):
    """Loss of the residual on unknown pixels.

    Where the true alpha is known: its L1 distance plus `square_weight` times its square, plus
    `gradient_weight` times the same two of its differences between neighbours. Where only the
    hard mask is known: `side_weight` times the hinge that asks for alpha beyond 0.5 +-
    `side_margin` on the mask's side, plus `keep` times the residual's size, for softness that the
    mask does not know of must not be lost.

    The truth is `loss_target`'s (batch, H, W, 4); the prediction has one channel, in the layout
    in force.
    """

    def size(error):
        return ops.abs(error) + square_weight * ops.square(error)

    def loss(truth, residual):
        before, target, soft, hard = (truth[..., channel] for channel in range(4))
        residual = ops.cast(ops.squeeze(residual, channel_axis()), "float32")
        alpha = before + residual
        inside = ops.clip(alpha, 0.0, 1.0)
        error = inside - target
        distance = size(error) + LEAK * ops.abs(alpha - inside)
        down = size(error[:, 1:] - error[:, :-1]) * soft[:, 1:] * soft[:, :-1]
        across = size(error[:, :, 1:] - error[:, :, :-1]) * soft[:, :, 1:] * soft[:, :, :-1]
        soft_sum = ops.sum(distance * soft) + gradient_weight * (ops.sum(down) + ops.sum(across))
        side = (2 * target - 1) * (alpha - 0.5)
        hinge = ops.maximum(side_margin - side, 0) + keep * ops.abs(residual)
        hard_sum = side_weight * ops.sum(hinge * hard)
        return (soft_sum + hard_sum) / (ops.sum(soft) + ops.sum(hard) + 1.0)

    return loss
