"""A walk in words, formulas and pictures: one step for every stage, with the photo's numbers."""

from dataclasses import dataclass

import numpy as np

from pipeline import drawings
from pipeline.align import CHANNEL_LIMIT, CHANNEL_UNIT, alignment_points, portrait_prior
from pipeline.encode import encode_jpeg
from pipeline.foreground import EDGE_WEIGHT, REGULARIZATION
from pipeline.knn import COLOR_LINE_EPSILON, KNN_WEIGHT, LEVELS, TOLERANCE
from pipeline.segment import network_size
from pipeline.trimap import UNKNOWN, UNSURE, band_width
from pipeline.walk import Walk

QUALITY = 88
FACE_SIDE = 900  # pixels of the picture of the face
POSE_REACH, POSE_SIDE = 1.9, 720  # canonical units to each side, and pixels of that picture
SPARSITY_SIDE = 480
EDGE_SHARE, EDGE_FACTOR = 6, 6  # the edge is looked at in a sixth of the width, six times larger
ROWS_SHOWN = 2  # of the 49 in the written-out system


@dataclass(frozen=True)
class Picture:
    """A picture as a JPEG file, with its title and what it shows for those who do not see it."""

    title: str
    description: str
    file: bytes
    proportion: float  # width over height

    @classmethod
    def of(cls, title: str, description: str, pixels: np.ndarray) -> "Picture":
        """Packs pixels of any kind that `encode_jpeg` takes."""
        height, width = pixels.shape[:2]
        return cls(title, description, encode_jpeg(pixels, QUALITY), width / height)


@dataclass(frozen=True)
class Step:
    """One step of the walk.

    name: its word in the address. words: Markdown, one short paragraph. equations: LaTeX.
    source: the papers, Markdown. facts: (what, number with its unit) of this photo.
    seconds: what the stage took, or None where nothing is computed. residuals: of the solver.
    """

    name: str
    title: str
    words: str
    equations: tuple[str, ...]
    source: str
    pictures: tuple[Picture, ...]
    facts: tuple[tuple[str, str], ...] = ()
    seconds: float | None = None
    residuals: tuple[float, ...] = ()


def steps(walk: Walk) -> list[Step]:
    """Every step of a walk; those about the face are left out where none was found."""
    about_face = [_landmarks, _pose, _channels] if walk.face else []
    rest = [_mask, _trimap, _neighbours, _system, _solution, _alpha, _foreground, _composite]
    return [describe(walk) for describe in (_photo, *about_face, *rest)]


def _photo(walk):
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


def _landmarks(walk):
    face = walk.face
    left, top, right, bottom = face.box
    margin = 0.2 * face.height
    box = left - margin, top - margin, right + margin, bottom + margin
    picture, to_crop = drawings.cropped(walk.image, box, FACE_SIDE)
    points = face.landmarks[:, :2] @ to_crop[:, :2].T + to_crop[:, 2]
    picture = drawings.marked(picture, points, drawings.PALE, 2)
    chosen = alignment_points(face) @ to_crop[:, :2].T + to_crop[:, 2]
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
        ),
        walk.seconds["landmarks"],
    )


def _pose(walk):
    points, pose = alignment_points(walk.face), portrait_prior().pose
    placed = points @ walk.to_canonical[:, :2].T + walk.to_canonical[:, 2]
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
        "face of the training portraits: 98 equations, solved by least squares.",
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
        ),
        walk.seconds["pose"],
    )


def _matrix(rows):
    shown = [*rows[:ROWS_SHOWN], r" & ".join([r"\vdots"] * (rows[0].count("&") + 1)), rows[-1]]
    return r"\begin{bmatrix} " + r" \\ ".join(shown) + r" \end{bmatrix}"


def _unit(to_canonical):
    return float(np.abs(np.linalg.det(to_canonical[:, :2])) ** -0.5)


def _channels(walk):
    x, y, mean_mask = np.moveaxis(walk.channels, 2, 0)
    limit = float(np.abs(walk.channels[..., :2]).max())
    return Step(
        "channels",
        "Three more channels",
        "The network sees red, green and blue, and for every pixel also where it lies as seen "
        "from the face, and how often that place is person in the training portraits.",
        (
            r"\begin{bmatrix} u_i \\ v_i \end{bmatrix}"
            r" = M \begin{bmatrix} x_i \\ y_i \\ 1 \end{bmatrix}",
            rf"c_i = \left( \tfrac{{u_i}}{{{CHANNEL_UNIT:.0f}}},\;"
            rf" \tfrac{{v_i}}{{{CHANNEL_UNIT:.0f}}},\; \bar{{m}}(u_i, v_i) \right),"
            rf"\quad \left|\tfrac{{u_i}}{{4}}\right|, \left|\tfrac{{v_i}}{{4}}\right|"
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
        ),
        walk.seconds["channels"],
    )


def _mask(walk):
    width, height = network_size()
    looks = len(walk.frames)
    return Step(
        "mask",
        "Mask",
        "PortraitFCN+ turns the six channels into the probability of *person*. It looks at the "
        "photo and at its mirror image, closer again where people are small; a guided filter "
        "then moves the boundary onto the photo's own edges.",
        (
            r"m_i = \sigma\!\left( \tfrac{1}{2} \left( f(I, c)_i"
            r" + f(\overleftrightarrow{I}, \overleftrightarrow{c})_{\overleftrightarrow{\imath}}"
            r" \right) \right), \qquad \sigma(t) = \frac{1}{1 + e^{-t}}",
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
            ("Looks", f"{looks} and {looks} mirrored"),
            ("Person", f"{100 * (walk.mask >= 0.5).mean():.1f} % of the photo"),
        ),
        walk.seconds["mask"],
    )


def _trimap(walk):
    unknown = walk.trimap == UNKNOWN
    reach = band_width(walk.trimap.shape, walk.band)
    low, high = UNSURE
    return Step(
        "trimap",
        "Trimap",
        "Near the boundary the mask is not to be trusted. The trimap keeps what is sure and "
        "leaves a band open, wider around the hair and wherever the network itself is in doubt "
        f"(between {low} and {high}).",
        (
            r"t_i = \begin{cases} \text{unknown} & d(i, \partial m) \le r \\"
            r" 1 & m_i \ge \tfrac12 \\ 0 & m_i < \tfrac12 \end{cases}"
            rf"\qquad r = {reach:.1f}\,\text{{px}}",
        ),
        "The trimap as matting takes it: Chuang et al., *A Bayesian Approach to Digital Matting*, "
        "CVPR 2001",
        (
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
        ),
        walk.seconds["trimap"],
    )


def _neighbours(walk):
    names = ("neighbours",)
    near, far = LEVELS
    return Step(
        "neighbours",
        "Nearest neighbours",
        "Pixels of like colour have like alpha, wherever they are. Every pixel of the band is "
        f"linked to its {near[0]} nearest in colour and place (λ = {near[1]:g}) and to its "
        f"{far[0]} nearest almost by colour alone (λ = {far[1]:g}).",
        (
            r"X(i) = \left( L_i, a_i, b_i, \lambda x_i, \lambda y_i \right)",
            r"k(i, j) = 1 - \frac{\lVert X(i) - X(j) \rVert}{C}",
        ),
        "Chen, Li and Tang, *KNN Matting*, TPAMI 2013, section 3.1 (there in HSV; here in CIE "
        "L\\*a\\*b\\*)",
        (),
        (
            ("Pixels searched for", f"{walk.story.unknowns:,}"),
            ("Memory kept", _megabytes(walk.story.kept_bytes(*names))),
        ),
        walk.story.seconds(*names),
    )


def _system(walk):
    names = ("KNN Laplacian", "colour lines", "known colours", "system")
    n, nonzeros = walk.story.unknowns, walk.story.nonzeros
    picture = drawings.sparsity(walk.matrix, SPARSITY_SIDE)
    return Step(
        "system",
        "The Laplacian",
        "Three wishes, one energy: linked pixels agree (KNN Laplacian L), alpha follows straight "
        "lines of colour within 3 × 3 windows (C), and known colours nearby have a say (W, "
        "estimate α̂). Its minimum is the solution of one linear system, nearly all zeros.",
        (
            rf"\begin{{aligned}} E(\alpha) = {KNN_WEIGHT:g}\, &\alpha^{{\top}} L\, \alpha"
            r" + \alpha^{\top} C\, \alpha \\ + &(\alpha - \hat\alpha)^{\top} W"
            r" (\alpha - \hat\alpha) \end{aligned}",
            r"\begin{gathered} L = D - A, \quad D_{ii} = \textstyle\sum_j A_{ij} \\"
            r" A = \tfrac12 \left( K + K^{\top} \right) \end{gathered}",
            rf"H \alpha = b, \qquad H = {KNN_WEIGHT:g}\, L + C + W",
        ),
        "Chen, Li and Tang 2013, section 3.3; Levin, Lischinski and Weiss, *A Closed-Form "
        rf"Solution to Natural Image Matting*, TPAMI 2008, equation 12 ($\epsilon = "
        rf"{_power(COLOR_LINE_EPSILON)}$)",
        (
            Picture.of(
                "Where the matrix is not zero",
                "A bright diagonal and faint links far from it, on black",
                picture,
            ),
        ),
        (
            ("Unknowns", f"{n:,}"),
            ("Non-zeros", f"{nonzeros:,}"),
            ("A row", f"{nonzeros / n:.1f} entries"),
            ("Filled", f"{100 * nonzeros / n**2:.3f} %"),
            ("Memory kept", _megabytes(walk.story.kept_bytes("system"))),
            ("The same with all its zeros", _megabytes(4 * n * n)),
        ),
        walk.story.seconds(*names),
    )


def _solution(walk):
    names = ("conjugate gradients",)
    done = len(walk.story.residuals) - 1
    window = _edge(walk)
    shown = {**walk.early, done: walk.alpha}
    pictures = tuple(
        Picture.of(
            "First guess" if count == 0 else f"After {count}",
            f"Alpha at the edge after {count} iterations, magnified",
            drawings.magnified(alpha, window, EDGE_FACTOR),
        )
        for count, alpha in shown.items()
    )
    return Step(
        "solution",
        "Conjugate gradients",
        "The matrix is never inverted. From a first guess, each iteration multiplies by it once "
        "and steps in a direction that undoes none of the steps before, until the residual has "
        f"fallen to {TOLERANCE:g}.",
        (
            r"\alpha_{k+1} = \alpha_k + s_k d_k, \qquad"
            r" s_k = \frac{r_k^{\top} z_k}{d_k^{\top} H\, d_k}",
            r"r_{k+1} = r_k - s_k H\, d_k, \qquad z_k = \operatorname{diag}(H)^{-1} r_k",
            r"d_{k+1} = z_{k+1}"
            r" + \frac{r_{k+1}^{\top} z_{k+1}}{r_k^{\top} z_k}\, d_k",
        ),
        "Hestenes and Stiefel, *Methods of Conjugate Gradients for Solving Linear Systems*, 1952; "
        "Saad, *Iterative Methods for Sparse Linear Systems*, 2003, algorithm 9.1",
        pictures,
        (
            ("Iterations", f"{done}"),
            ("Residual", f"{walk.story.residuals[0]:.2g} to {walk.story.residuals[-1]:.2g}"),
            ("Memory kept", _megabytes(walk.story.kept_bytes(*names))),
        ),
        walk.story.seconds(*names),
        tuple(walk.story.residuals),
    )


def _alpha(walk):
    difference = walk.alpha - walk.mask
    unknown = walk.trimap == UNKNOWN
    soft = (walk.alpha > 0.02) & (walk.alpha < 0.98)
    window = _edge(walk)
    return Step(
        "alpha",
        "From mask to alpha",
        "The mask says where the person is; alpha says how much of each pixel is person. Gold: "
        "alpha gives back what the mask had cut off. Blue: it takes away what the mask had left "
        "on.",
        (r"\Delta_i = \alpha_i - m_i",),
        "Chen, Li and Tang 2013",
        (
            Picture.of("Alpha", "The alpha matte", walk.alpha),
            Picture.of(
                "Alpha minus mask",
                "Gold where alpha is above the mask, blue where it is below",
                drawings.signed(difference, 1.0),
            ),
            Picture.of(
                "Mask, magnified",
                "The mask at the edge with most transparency",
                drawings.magnified(walk.mask, window, EDGE_FACTOR),
            ),
            Picture.of(
                "Alpha, magnified",
                "The alpha matte at the same place",
                drawings.magnified(walk.alpha, window, EDGE_FACTOR),
            ),
        ),
        (
            ("Mean change in the band", f"{np.abs(difference[unknown]).mean():.3f}"),
            ("Pixels neither all nor nothing", f"{soft.sum():,}"),
        ),
        walk.seconds["matting"],
    )


def _foreground(walk):
    window = _edge(walk)
    mixed = (walk.alpha > 0.02) & (walk.alpha < 0.98)
    changes = np.abs(walk.foreground[mixed].astype(int) - walk.image[mixed])
    mean_change = changes.mean() if mixed.any() else 0.0
    return Step(
        "foreground",
        "Foreground colours",
        "The old background still shines through hair and edges. With alpha known, F and B are "
        "found from coarse to fine: they must mix to the photo's colour and resemble their "
        "neighbours.",
        (
            r"\min_{F, B} \sum_i \left\lVert \alpha_i F_i + (1 - \alpha_i) B_i - I_i"
            r" \right\rVert^2 + \sum_i \sum_{j \in N_i} w_{ij}"
            r" \left( \lVert F_i - F_j \rVert^2 + \lVert B_i - B_j \rVert^2 \right)",
            rf"w_{{ij}} = {_power(REGULARIZATION)} + {EDGE_WEIGHT:g}\,"
            r" \lvert \alpha_i - \alpha_j \rvert",
        ),
        "Germer, Uelwer, Conrad and Harmeling, *Fast Multi-Level Foreground Estimation*, ICPR "
        "2020, equation 3",
        (
            Picture.of("Foreground F", "The person's colours carried on past the edge", walk.foreground),
            Picture.of(
                "Photo's colours on gold",
                "The edge on the new background with the photo's colours: a halo",
                drawings.magnified(walk.pasted, window, EDGE_FACTOR),
            ),
            Picture.of(
                "F on gold",
                "The same with the estimated colours: no halo",
                drawings.magnified(walk.result, window, EDGE_FACTOR),
            ),
        ),
        (
            ("Mixed pixels", f"{mixed.sum():,}"),
            ("Their mean change", f"{mean_change:.1f} of 255 levels"),
        ),
        walk.seconds["foreground"],
    )


def _composite(walk):
    stages = {
        "Landmarks": walk.seconds["landmarks"],
        "Pose and channels": walk.seconds["pose"] + walk.seconds["channels"],
        "Mask": walk.seconds["mask"],
        "Trimap": walk.seconds["trimap"],
        "Matting": walk.seconds["matting"],
        "Foreground": walk.seconds["foreground"],
        "Composite": walk.seconds["composite"],
    }
    facts = [(stage, duration(seconds)) for stage, seconds in stages.items()]
    return Step(
        "composite",
        "Composite",
        "The first equation again, read the other way: the same alpha, the person's own colours, "
        "and a background of our choice.",
        (r"I'_i = \alpha_i F_i + (1 - \alpha_i)\, B'_i",),
        "Porter and Duff 1984, the operator *over*",
        (
            Picture.of("Before", "The photo as it was given", walk.image),
            Picture.of("After", "The person on a gold background", walk.result),
        ),
        (*facts, ("All together", duration(sum(stages.values())))),
    )


def _edge(walk):
    """The part of the edge to look at closely: at the hair, where a face tells where that is."""
    side = walk.alpha.shape[1] // EDGE_SHARE
    chin = walk.face.box[3] if walk.face else np.inf
    below = int(np.clip(chin, side, len(walk.alpha)))
    return drawings.most_mixed(walk.alpha[:below], side)


def _megabytes(count):
    return f"{count / 1e9:,.1f} GB" if count >= 1e9 else f"{count / 1e6:,.1f} MB"


def duration(seconds: float) -> str:
    """Seconds in words, milliseconds where they are few."""
    return f"{seconds:.2f} s" if seconds >= 0.1 else f"{1000 * seconds:.1f} ms"


def _power(value):
    exponent = int(np.floor(np.log10(value) + 1e-9))
    return rf"{value / 10.0**exponent:g} \cdot 10^{{{exponent}}}"
