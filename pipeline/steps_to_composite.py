"""The second half of the walk: from the trimap to the composite."""

import numpy as np

from pipeline import drawings
from pipeline.band import REACH
from pipeline.foreground import EDGE_WEIGHT, LEAST_TRUST, REGULARIZATION
from pipeline.knn import COLOR_LINE_EPSILON, CONTRAST, KNN_WEIGHT, LEVELS, TOLERANCE
from pipeline.links import AXES
from pipeline.refine import LARGEST_CHANGE
from pipeline.step import Cost, Picture, Step, duration, memory_in_words
from pipeline.trimap import UNKNOWN
from pipeline.walk import Walk

# The colour part of X(i), by the name of its space.
SPACES = {
    "lab": "L_i, a_i, b_i",
    "rgb": "R_i, G_i, B_i",
    "hsv": r"\cos h_i, \sin h_i, s_i, v_i",
}
# What the system asks for: in words, as an energy, and as the equation of its minimum.
FULL_ENERGY = (
    "Three wishes, one energy: linked pixels agree (KNN Laplacian L), alpha follows straight lines "
    "of colour within 3 × 3 windows (C), and known colours nearby have a say or, where all are one "
    "colour, the middle of the band (W, estimate α̂). Alpha is known at the pixels K and not at U; "
    "the minimum is the solution of one linear system, nearly all zeros.",
    rf"\begin{{aligned}} E(\alpha) = {KNN_WEIGHT:g}\, &\alpha^{{\top}} L\, \alpha"
    r" + \alpha^{\top} C\, \alpha \\ + &(\alpha_U - \hat\alpha)^{\top} W"
    r" (\alpha_U - \hat\alpha) \end{aligned}",
    rf"\begin{{gathered}} H \alpha_U = b, \quad H = {KNN_WEIGHT:g}\, L_{{UU}} + C_{{UU}} + W \\"
    rf" b = W \hat\alpha - ({KNN_WEIGHT:g}\, L_{{UK}} + C_{{UK}})\, \alpha_K \end{{gathered}}",
)
PAPER_ENERGY = (
    "The paper's wish alone: linked pixels agree. Where the paper holds the known pixels K by a "
    "weight, here their alpha is put in; the minimum over the unknown ones U is the solution of one "
    "linear system, nearly all zeros.",
    r"E(\alpha) = \alpha^{\top} L\, \alpha",
    r"H \alpha_U = b, \qquad H = L_{UU}, \qquad b = -L_{UK}\, \alpha_K",
)
# What becomes of the solution in the end.
STRETCHED = (
    " In the end alpha is stretched, so that the haze at its two ends goes.",
    r"\alpha \leftarrow \min\!\left( 1, \max\!\left( 0,"
    rf" \frac{{\alpha - {CONTRAST:g}}}{{1 - 2 \cdot {CONTRAST:g}}} \right) \right)",
)
CLIPPED = ("", r"\alpha \leftarrow \min(1, \max(0, \alpha))")
SPARSITY_SIDE = 480
EDGE_SHARE, EDGE_FACTOR = 6, 6  # the edge is looked at in a sixth of the width, six times larger


def neighbours(walk: Walk) -> Step:
    """The search for like pixels."""
    names = ("neighbours",)
    (_, near_weight), far = LEVELS
    space, channels = SPACES[walk.settings.features], len(AXES[walk.settings.features])
    return Step(
        "neighbours",
        "Nearest neighbours",
        "Pixels of like colour have like alpha. Every pixel of the band is linked to the "
        f"{walk.settings.near} nearest in colour and place (λ = {near_weight:g}) and to the {far[0]} "
        f"nearest almost by colour alone (λ = {far[1]:g}), among the band and what is known within "
        f"{REACH} pixels of it. The search is quick and may overlook some of the nearest. A pixel "
        "found twice counts twice; the list shows it once.",
        (
            rf"X(i) = \left( {space}, \lambda x_i, \lambda y_i \right)",
            r"k(i, j) = \max\!\left(0,\; 1 - \frac{\lVert X(i) - X(j) \rVert}{c}\right)",
            rf"c = \sqrt{{{channels} + 2 \lambda^2}}",
        ),
        "Chen, Li and Tang, *KNN Matting*, TPAMI 2013, section 3.1 (there in HSV; here by default "
        "in CIE L\\*a\\*b\\*, in hundredths; x and y from 0 to 1 across the photo)",
        (),
        (
            ("Pixels searched for", f"{walk.story.unknowns:,}"),
            ("Memory kept", memory_in_words(walk.story.kept_bytes(*names))),
        ),
        walk.story.seconds(*names),
    )


def system(walk: Walk) -> Step:
    """The energy and its matrix."""
    names = ("KNN Laplacian", "colour lines", "known colours", "system")
    n, nonzeros = walk.story.unknowns, walk.story.nonzeros
    picture = drawings.sparsity(walk.matrix, SPARSITY_SIDE)
    words, energy, minimum = PAPER_ENERGY if walk.settings.quality == "knn" else FULL_ENERGY
    source = "Chen, Li and Tang 2013, section 3.3"
    if walk.settings.quality != "knn":
        source += (
            "; Levin, Lischinski and Weiss, *A Closed-Form Solution to Natural Image Matting*, "
            rf"TPAMI 2008, equation 12 ($\epsilon = {_power(COLOR_LINE_EPSILON)}$)"
        )
    return Step(
        "system",
        "The Laplacian",
        words,
        (
            energy,
            r"\begin{gathered} L = D - A, \quad D_{ii} = \textstyle\sum_j A_{ij} \\"
            r" A_{ij} = \tfrac12 \left( k(i, j) + k(j, i) \right), \quad i, j \in U \\"
            r" A_{ij} = k(i, j), \quad i \in U,\; j \in K \end{gathered}",
            minimum,
        ),
        source,
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
            ("Memory kept", memory_in_words(walk.story.kept_bytes("system"))),
            ("The same with all its zeros", memory_in_words(4 * n * n)),
        ),
        walk.story.seconds(*names),
    )


def solution(walk: Walk) -> Step:
    """The iterations."""
    names = ("conjugate gradients",)
    done = len(walk.story.residuals) - 1
    window = _edge(walk)
    shown = {**walk.early, done: walk.solved}
    words, ending = CLIPPED if walk.settings.quality == "knn" else STRETCHED
    pictures = tuple(
        Picture.of(
            "First guess" if count == 0 else f"After {count}",
            f"Alpha at the edge after {count} iterations, magnified",
            drawings.magnified(early, window, EDGE_FACTOR),
        )
        for count, early in shown.items()
    )
    return Step(
        "solution",
        "Conjugate gradients",
        "The matrix is never inverted. From a first guess, each iteration multiplies by it once "
        "and steps in a direction that undoes none of the steps before, until the relative residual "
        f"has fallen to {TOLERANCE:g}.{words}",
        (
            r"r_0 = b - H \alpha_0, \qquad d_0 = z_0",
            r"\alpha_{k+1} = \alpha_k + s_k d_k, \qquad"
            r" s_k = \frac{r_k^{\top} z_k}{d_k^{\top} H\, d_k}",
            r"r_{k+1} = r_k - s_k H\, d_k, \qquad z_k = \operatorname{diag}(H)^{-1} r_k",
            r"d_{k+1} = z_{k+1}"
            r" + \frac{r_{k+1}^{\top} z_{k+1}}{r_k^{\top} z_k}\, d_k",
            r"\text{relative residual} ="
            r" \sqrt{\frac{r_k^{\top} z_k}{b^{\top} \operatorname{diag}(H)^{-1}\, b}}",
            ending,
        ),
        "Hestenes and Stiefel, *Methods of Conjugate Gradients for Solving Linear Systems*, 1952; "
        "Saad, *Iterative Methods for Sparse Linear Systems*, 2003, algorithm 9.1",
        pictures,
        (
            ("Iterations", f"{done}"),
            ("Residual", f"{walk.story.residuals[0]:.2g} to {walk.story.residuals[-1]:.2g}"),
            ("Memory kept", memory_in_words(walk.story.kept_bytes(*names))),
        ),
        walk.story.seconds(*names),
        tuple(walk.story.residuals),
    )


def refinement(walk: Walk) -> Step:
    """What a network adds to the solver's alpha."""
    residual = walk.alpha - walk.solved
    in_band = np.abs(residual[walk.trimap == UNKNOWN])
    window = _edge(walk)
    return Step(
        "refinement",
        "Refinement",
        "A small network looks at the band once more, in tiles: at the colours, at the solver's "
        "alpha and at the place between the band's two sides. It says what to add to alpha, the "
        f"residual r, never more than {LARGEST_CHANGE:g} (gold where it adds, blue where it takes "
        "away); known pixels stay as they are.",
        (r"\alpha'_i = \min\left(1, \max\left(0, \alpha_i + r_i(I, \alpha, T)\right)\right)",),
        "He et al., *Deep Residual Learning for Image Recognition*, CVPR 2016; trained by us on "
        "mattes that we drew and on the outlines of EG1800",
        (
            Picture.of(
                "Residual",
                "Gold where the network adds to alpha, blue where it takes away",
                drawings.signed(residual, LARGEST_CHANGE),
            ),
            Picture.of(
                "Before, magnified",
                "The solver's alpha at the edge with most transparency",
                drawings.magnified(walk.solved, window, EDGE_FACTOR),
            ),
            Picture.of(
                "After, magnified",
                "The refined alpha at the same place",
                drawings.magnified(walk.alpha, window, EDGE_FACTOR),
            ),
        ),
        (
            ("Mean change in the band", f"{in_band.mean():.3f}"),
            ("Changed by more than 1 %", f"{np.count_nonzero(in_band > 0.01):,} pixels"),
            ("Memory kept", memory_in_words(walk.alpha.nbytes)),
        ),
        walk.seconds["refinement"],
    )


def alpha(walk: Walk) -> Step:
    """What matting changed."""
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
            ("Memory kept", memory_in_words(walk.alpha.nbytes)),
        ),
        walk.seconds["matting"] + walk.seconds["refinement"],
    )


def foreground(walk: Walk) -> Step:
    """The person's own colours."""
    halo = np.abs(walk.pasted.astype(np.float32) - walk.result).sum(2)
    window = _part(walk, halo)
    mixed = (walk.alpha > 0.02) & (walk.alpha < 0.98)
    changes = np.abs(walk.foreground[mixed].astype(int) - walk.image[mixed])
    mean_change = changes.mean() if mixed.any() else 0.0
    return Step(
        "foreground",
        "Foreground colours",
        "The old background still shines through hair and edges. With alpha known, F and B are "
        "found from coarse to fine: they must mix to the photo's colour and resemble their "
        "neighbours N, which are held meanwhile; all take turns.",
        (
            r"\begin{gathered} \text{for every pixel } i: \\ \min_{F_i, B_i} \left\lVert"
            r" \alpha_i F_i + (1 - \alpha_i) B_i - I_i \right\rVert^2 \\ + \sum_{j \in N_i}"
            r" \left( u_{ij} \lVert F_i - F_j \rVert^2 + v_{ij} \lVert B_i - B_j \rVert^2 \right)"
            r" \end{gathered}",
            r"u_{ij} = w_{ij} (\alpha_j + t), \quad v_{ij} = w_{ij} (1 - \alpha_j + t)",
            rf"w_{{ij}} = {_power(REGULARIZATION)} + {EDGE_WEIGHT:g}\,"
            rf" \lvert \alpha_i - \alpha_j \rvert, \quad t = {LEAST_TRUST:g}",
        ),
        "Germer, Uelwer, Conrad and Harmeling, *Fast Multi-Level Foreground Estimation*, ICPR "
        "2020, equation 3; the factors of a neighbour's own alpha are ours",
        (
            Picture.of(
                "Foreground F", "The person's colours carried on past the edge", walk.foreground
            ),
            Picture.of(
                "With the photo's colours",
                "The edge on the new background with the photo's colours: a halo",
                drawings.magnified(walk.pasted, window, EDGE_FACTOR),
            ),
            Picture.of(
                "With F",
                "The same with the estimated colours: no halo",
                drawings.magnified(walk.result, window, EDGE_FACTOR),
            ),
        ),
        (
            ("Mixed pixels", f"{mixed.sum():,}"),
            ("Their mean change", f"{mean_change:.1f} of 255 levels"),
            ("Memory kept", memory_in_words(walk.foreground.nbytes)),
        ),
        walk.seconds["foreground"],
    )


def composite(walk: Walk) -> Step:
    """The result, and the times of all stages."""
    kept = {
        "face": walk.face.landmarks.nbytes if walk.face else 0,
        "mask": walk.mask.nbytes,
        "trimap": walk.trimap.nbytes,
        "matting": walk.solved.nbytes,
        "refinement": walk.alpha.nbytes,
        "foreground": walk.foreground.nbytes,
        "composite": walk.result.nbytes,
    }
    solver_bytes = sum(each.kept_bytes for each in walk.story.steps)
    costs = [Cost(stage.capitalize(), walk.seconds[stage], kept[stage]) for stage in kept]
    return Step(
        "composite",
        "Composite",
        "The first equation again, read the other way: the same alpha, the person's own colours, "
        "and a background of our choice.",
        (r"I'_i = \alpha_i F_i + (1 - \alpha_i)\, B'_i",),
        "Porter and Duff 1984, the operator *over*",
        (
            Picture.of("Before", "The photo as it was given", walk.image),
            Picture.of("After", "The person on the new background", walk.result),
        ),
        (
            ("All together", duration(sum(each.seconds for each in costs))),
            ("The solver's own arrays", memory_in_words(solver_bytes)),
        ),
        costs=tuple(costs),
    )


def _edge(walk):
    """The part of the edge to look at closely."""
    return _part(walk, walk.mixed)


def _part(walk, values):
    """The part of the photo, as large as what is looked at closely, where values (H, W) are most."""
    return drawings.fullest_square(values, walk.alpha.shape[1] // EDGE_SHARE)


def _power(value):
    exponent = int(np.floor(np.log10(value) + 1e-9))
    return rf"{value / 10.0**exponent:g} \cdot 10^{{{exponent}}}"
