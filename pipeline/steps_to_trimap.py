"""The first half of the walk: from the photo to the trimap."""

import numpy as np

from pipeline import drawings
from pipeline.align import CHANNEL_LIMIT, CHANNEL_UNIT, alignment_points, portrait_prior
from pipeline.sampling import moved
from pipeline.segment import SHARPNESS, network_size
from pipeline.step import Picture, Step, memory_in_words
from pipeline.trimap import (
    HAIR_FOLLOWED,
    LEAST_HAIR,
    UNKNOWN,
    UNSURE,
    UNSURE_REACH,
    band_width,
)
from pipeline.walk import Walk

FACE_SIDE = 900  # pixels of the picture of the face
POSE_REACH, POSE_SIDE = 1.9, 720  # canonical units to each side, and pixels of that picture
ROWS_SHOWN = 2  # of the 49 in the written-out system, and the last


def photo(walk: Walk) -> Step:
    """What there is to find out."""
    width, height = walk.size
    shown_height, shown_width = walk.image.shape[:2]
    facts = [("Photo", f"{width} × {height}")]
    if (shown_width, shown_height) != (width, height):
        facts.append(("Walked at", f"{shown_width} × {shown_height}"))
    pixels = shown_width * shown_height
    facts += [("Equations", f"{3 * pixels:,}"), ("Unknowns", f"{7 * pixels:,}")]
    return Step(
        "photo",
        "One photo",
        "Every pixel is a mixture: a share alpha of the person's colour F and the rest of the "
        "background's colour B. The photo gives three numbers a pixel and hides seven. "
        "Everything that follows brings in what is missing.",
        (r"I_i = \alpha_i F_i + (1 - \alpha_i)\, B_i",),
        "Porter and Duff, *Compositing Digital Images*, SIGGRAPH 1984",
        (Picture.of("The photo", "The photo as it was given", walk.image),),
        tuple(facts),
    )


def landmarks(walk: Walk) -> Step:
    """The face and its mesh."""
    face = walk.face
    left, top, right, bottom = face.box
    margin = 0.2 * face.height
    box = left - margin, top - margin, right + margin, bottom + margin
    picture, to_crop = drawings.enlarged_part(walk.image, box, FACE_SIDE)
    points = moved(face.landmarks[:, :2], to_crop)
    picture = drawings.marked(picture, points, drawings.PALE, 2)
    chosen = moved(alignment_points(face), to_crop)
    picture = drawings.marked(picture, chosen, drawings.GOLD, 5)
    return Step(
        "landmarks",
        "Landmarks",
        "One network finds the face, a second lays a mesh of 468 points on it. The 49 gold points "
        "on brows, eyes, nose and mouth will carry the next step.",
        (
            r"\left\{ (x_i, y_i, z_i) \right\}_{i=1}^{468}"
            r" = f_{\text{mesh}}\!\left(f_{\text{face}}(I)\right)",
        ),
        "Bazarevsky et al., *BlazeFace*, 2019; Kartynnik et al., *Real-time Facial Surface "
        "Geometry from Monocular Video on Mobile GPUs*, 2019",
        (Picture.of("Face mesh", "The face with its 468 landmarks, 49 of them gold", picture),),
        (
            ("Certainty", f"{100 * face.score:.1f} %"),
            ("Height of the face", f"{face.height:.0f} px"),
            ("Tilt of the eyes", f"{np.degrees(face.roll):+.1f}°"),
            ("Memory kept", memory_in_words(face.landmarks.nbytes)),
        ),
        walk.seconds["face"],
    )


def pose(walk: Walk) -> Step:
    """The least-squares map of the face."""
    points, pose = alignment_points(walk.face), portrait_prior().pose
    placed = moved(points, walk.to_canonical)
    left_over = float(np.sqrt(((placed - pose) ** 2).sum(axis=1).mean()))
    source_rows = [rf"{x:.1f} & {y:.1f} & 1" for x, y in points]
    target_rows = [rf"{u:+.3f} & {v:+.3f}" for u, v in pose]
    solution = r" \\ ".join(
        " & ".join(rf"{value:+.5f}" for value in row) for row in walk.to_canonical
    )
    picture = drawings.in_canonical_pose(
        walk.image, points, portrait_prior(), POSE_REACH, POSE_SIDE
    )
    return Step(
        "pose",
        "Canonical pose",
        "The six numbers of one affine map M bring the 49 points as near as can be to the mean "
        "face of the training portraits: 98 equations, solved by least squares. In the picture gold "
        "dots are the points of this face, rings those of the mean face.",
        (
            r"M = \arg\min_{M} \sum_{i=1}^{49} \left\lVert M"
            r" \begin{bmatrix} x_i & y_i & 1 \end{bmatrix}^{\!\top} - p_i \right\rVert^2",
            rf"{_matrix(source_rows)} M^{{\top}} \approx {_matrix(target_rows)}",
            rf"M = \begin{{bmatrix}} {solution} \end{{bmatrix}}",
        ),
        "Shen et al., *Automatic Portrait Segmentation for Image Stylization*, Eurographics 2016, "
        "section 4.2",
        (
            Picture.of(
                "Canonical pose",
                "The face brought to the canonical pose; gold dots are its points, rings those of "
                "the mean face",
                picture,
            ),
        ),
        (
            ("Left over, root mean square", f"{left_over:.3f} units"),
            ("One canonical unit", f"{_unit(walk.to_canonical):.1f} px"),
            ("Memory kept", f"{walk.to_canonical.nbytes} bytes"),
        ),
        walk.seconds["pose"],
    )


def _matrix(rows):
    shown = [*rows[:ROWS_SHOWN], r" & ".join([r"\vdots"] * (rows[0].count("&") + 1)), rows[-1]]
    return r"\begin{bmatrix} " + r" \\ ".join(shown) + r" \end{bmatrix}"


def _unit(to_canonical):
    return float(np.abs(np.linalg.det(to_canonical[:, :2])) ** -0.5)


def channels(walk: Walk) -> Step:
    """Position and mean mask as the network sees them."""
    x, y, mean_mask = np.moveaxis(walk.channels, 2, 0)
    limit = float(np.abs(walk.channels[..., :2]).max())
    return Step(
        "channels",
        "Three more channels",
        "The network sees red, green and blue, and for every pixel also where it lies as seen "
        "from the face, and how often that place is person in the training portraits. What that is "
        "worth was measured (page *Results*): with networks that begin from published weights, "
        "little.",
        (
            r"\begin{bmatrix} u_i \\ v_i \end{bmatrix}"
            r" = M \begin{bmatrix} x_i \\ y_i \\ 1 \end{bmatrix}",
            rf"c_i = \left( \tfrac{{u_i}}{{{CHANNEL_UNIT:.0f}}},\;"
            rf" \tfrac{{v_i}}{{{CHANNEL_UNIT:.0f}}},\; \bar{{m}}(u_i, v_i) \right),"
            rf"\quad \left|\tfrac{{u_i}}{{{CHANNEL_UNIT:.0f}}}\right|,"
            rf" \left|\tfrac{{v_i}}{{{CHANNEL_UNIT:.0f}}}\right|"
            rf" \le {CHANNEL_LIMIT:.0f}",
        ),
        "Shen et al. 2016, section 4.2",
        (
            Picture.of("x", "Blue left of the face, gold right of it", drawings.signed(x, limit)),
            Picture.of("y", "Blue above the face, gold below it", drawings.signed(y, limit)),
            Picture.of("Mean mask", "White where portraits mostly show the person", mean_mask),
        ),
        (
            ("x, from blue to gold", f"{x.min():+.2f} to {x.max():+.2f}"),
            ("y, from blue to gold", f"{y.min():+.2f} to {y.max():+.2f}"),
            ("Mean mask", f"{mean_mask.min():.2f} to {mean_mask.max():.2f}"),
            ("Memory kept", memory_in_words(walk.channels.nbytes)),
        ),
        walk.seconds["channels"],
    )


def mask(walk: Walk) -> Step:
    """What the network says."""
    width, height = network_size()
    looks = len(walk.frames)
    return Step(
        "mask",
        "Mask",
        "PortraitFCN+ turns the six channels into the probability of *person*. It also looks at "
        "the photo's mirror image, and the mean of both answers counts, which mends mistakes in "
        "whole scenes and changes little in portraits; it is sharpened, as a network that is the "
        "mean of several trainings is less sure than each of them. Where people are small, it looks "
        "again, closer, and rounds of a guided filter move the boundary onto the photo's own edges: "
        "the formula is that of one look, before both.",
        (
            rf"m_i = \sigma\!\left( \tfrac{{{SHARPNESS:g}}}{{2}} \left( f(I, c)_i +"
            r" f(\overleftrightarrow{I}, \overleftrightarrow{c})_{\overleftrightarrow{\imath}}"
            r" \right) \right)",
            r"\sigma(t) = \frac{1}{1 + e^{-t}}",
        ),
        "Shen et al. 2016, section 4; He, Sun and Tang, *Guided Image Filtering*, ECCV 2010",
        (
            Picture.of("Mask", "White where the network sees person", walk.mask),
            Picture.of(
                "Over the photo",
                "The photo, dark where the network sees background",
                drawings.kept_bright(walk.image, walk.mask),
            ),
        ),
        (
            ("The network's picture", f"{width} × {height}"),
            ("Looks", f"{looks}, and {looks} at the mirror image"),
            ("Person", f"{100 * (walk.mask >= 0.5).mean():.1f} % of the photo"),
            ("Memory kept", memory_in_words(walk.mask.nbytes)),
        ),
        walk.seconds["mask"],
    )


def trimap(walk: Walk) -> Step:
    """What is left to be solved for."""
    unknown = walk.trimap == UNKNOWN
    reach = band_width(walk.trimap.shape, walk.settings.band)
    low, high = UNSURE
    return Step(
        "trimap",
        "Trimap",
        "Near the boundary the mask is not to be trusted. The trimap keeps what is sure and "
        "leaves a band open about its boundary: wider where the network is in doubt, and farther "
        "out along hair h that it sees.",
        (
            r"t_i = \begin{cases} \text{unknown} & d_i \le r \\"
            rf" \text{{unknown}} & d_i \le {UNSURE_REACH:g}\,r,\; {low} < m_i < {high} \\"
            r" 1 & \text{else } m_i \ge \tfrac12 \\"
            rf" \text{{unknown}} & d_i \le {HAIR_FOLLOWED}\,r,\;"
            rf" d(i, H) \le {walk.settings.hair_reach:g}\,r \\"
            r" 0 & \text{else} \end{cases}",
            rf"d_i = d(i, \partial m), \quad H = \{{\, j : h_j \ge {LEAST_HAIR:g} \,\}}",
            rf"r = {reach:.1f}\,\text{{px}}",
        ),
        "The trimap as matting takes it: Chuang et al., *A Bayesian Approach to Digital Matting*, "
        "CVPR 2001",
        (
            Picture.of("Hair h", "White where the network sees hair", walk.hair),
            Picture.of("Trimap", "White person, black background, grey unknown", walk.trimap),
            Picture.of(
                "The band on the photo",
                "The photo with the unknown band in gold",
                drawings.tinted(walk.image, unknown),
            ),
        ),
        (
            ("Unknown", f"{unknown.sum():,} pixels"),
            ("Share of the photo", f"{100 * unknown.mean():.1f} %"),
            ("Memory kept", memory_in_words(walk.trimap.nbytes)),
        ),
        walk.seconds["trimap"],
    )
