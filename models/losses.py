"""The training loss, and one that is a mistake, on any Keras backend."""

from keras import ops

from models.layout import channel_axis


def boundary_iou_loss(iou_weight: float):
    """Weighted cross-entropy plus `iou_weight` times one minus the soft IoU.

    The truth has two channels (batch, H, W, 2): mask in 0..1 and a weight, zero where the mask is
    not known. The prediction is a logit with one channel, in the layout in force. Soft IoU: Rahman &
    Wang 2016, eq. 3.
    """

    def loss(truth, logit):
        mask, weight = truth[..., 0], truth[..., 1]
        logit = ops.cast(ops.squeeze(logit, channel_axis()), "float32")
        entropy = ops.maximum(logit, 0) - logit * mask + ops.log1p(ops.exp(-ops.abs(logit)))
        known = ops.cast(weight > 0, "float32")
        person = ops.sigmoid(logit) * known
        mask = mask * known
        common = ops.sum(person * mask, axis=(1, 2))
        union = ops.sum(person + mask - person * mask, axis=(1, 2))
        soft_iou = ops.mean((common + 1) / (union + 1))
        return ops.sum(entropy * weight) / ops.sum(weight) + iou_weight * (1 - soft_iou)

    return loss


def squared_error(truth, logit):
    """Mean squared error of the probability, of truth and prediction as above.

    A mistake for two classes: the surer the network is of what is wrong, the less it learns from it
    (Golik, Doetsch & Ney 2013, *Cross-Entropy vs. Squared Error Training*).
    """
    mask, weight = truth[..., 0], truth[..., 1]
    person = ops.sigmoid(ops.cast(ops.squeeze(logit, channel_axis()), "float32"))
    known = ops.cast(weight > 0, "float32")
    return ops.sum(known * (person - mask) ** 2) / ops.sum(known)
