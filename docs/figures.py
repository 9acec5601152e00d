"""Write the README's figures from the JSON that the benchmarks leave.

    python docs/figures.py

Everything between `<!-- figures: NAME -->` and `<!-- end -->` in README.md is made here.
"""

import re
import statistics
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from components import measured  # noqa: E402
from components.measured import BENCHMARKS, ERRORS, MODELS, TRIMAPS, read  # noqa: E402
from pipeline.color_prior import MIXTURE_WEIGHT  # noqa: E402
from pipeline.knn import CONTRAST, KNN_WEIGHT  # noqa: E402
from pipeline.whole_file import write_text  # noqa: E402

README = ROOT / "README.md"
SECTION = re.compile(r"(<!-- figures: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)

SEGMENTERS = {
    "one_pass": "our network, a single pass",
    "one_pass_edges": "the same pass, its boundary moved onto the photo's edges",
    "mask": "our mask (the photo and its mirror image)",
    "alpha": "our alpha, cut at one half",
    **measured.PEERS,
}
# As benchmarks/knn.py chooses them.
OUR_WEIGHTS = {
    "KNN_WEIGHT": KNN_WEIGHT,
    "MIXTURE_WEIGHT": MIXTURE_WEIGHT,
    "CONTRAST": CONTRAST,
}
COLOR_METHODS = {"pymatting ml": "PyMatting's multi-level", "ours": "ours"}


def main() -> None:
    write_text(README, with_figures(README.read_text(encoding="utf-8")))


def with_figures(text: str) -> str:
    """The README with every section of figures as the JSON has it now."""
    return SECTION.sub(lambda found: found[1] + SECTIONS[found[2]]() + found[3], text)


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table that ends its line."""
    return measured.table(head, rows) + "\n"


def masks() -> str:
    figures = read(MODELS / "eg1800.json")
    head = ["", "mean foreground IoU", "95 % interval", "pooled two-class IoU at 224x224"]
    return table(
        [*head, "photos below 0.90"],
        [
            [
                SEGMENTERS[name],
                f"{row['foreground_iou']:.4f}",
                "{:.4f} to {:.4f}".format(*row["interval_95"]),
                f"{row['pooled_two_class_iou_224']:.4f}",
                f"{row['photos_below_0.90']}",
            ]
            for name, row in figures.items()
        ],
    )


def scenes() -> str:
    return measured.on_scenes() + "\n"


def training() -> str:
    return measured.on_training() + "\n"


def matting() -> str:
    return f"{measured.on_matting()} `make evaluate`\n"


def framings() -> str:
    """Portraits cut to the shapes of other photos."""
    shapes = read(MODELS / "framings.json")
    peers = list(next(iter(shapes.values()))["peers"])
    rows = [
        [
            shape,
            f"{row['mask']:.4f}",
            *(
                "{:.4f} ({:+.4f} to {:+.4f})".format(each["iou"], *each["margin_95"])
                for each in row["peers"].values()
            ),
            f"{row['photos_below_0.90']}",
        ]
        for shape, row in shapes.items()
    ]
    theirs = [f"{measured.PEERS[peer]} (ours minus theirs, 95 %)" for peer in peers]
    return table(["shape", "our mask", *theirs, "ours below 0.90"], rows)


def ablations() -> str:
    """Networks trained for some minutes, and what their differences say."""
    figures = read(MODELS / "ablations.json")
    rows = [
        [
            f"`{each['network']}`" + ("" if each["pretrained"] else ", random weights"),
            each["encoder"],
            each["epochs"],
            f"{each['parameters'] / 1e6:.1f} M",
            f"{each['foreground_iou']:.4f}",
            "{:.4f} to {:.4f}".format(*each["interval_95"]),
            str(len(each["trainings"])),
        ]
        for each in figures["networks"].values()
    ]
    gains = [
        [
            what,
            f"{each['foreground_iou']:+.4f}",
            "{:+.4f} to {:+.4f}".format(*each["interval_95"]),
            "{} and {}".format(*each["trainings"]),
        ]
        for what, each in figures["gains"].items()
    ]
    head = ["network", "encoder", "epochs", "parameters", "mean foreground IoU"]
    gain_head = ["the gain from", "IoU"]
    tail = ["95 % interval", "trainings"]
    return f"{table([*head, *tail], rows)}\n{table([*gain_head, *tail], gains)}"


def accuracy() -> str:
    text = ""
    for trimap, methods in read(BENCHMARKS / "knn.json")["accuracy"].items():
        ranked = sorted(methods.items(), key=lambda method: method[1]["MSE"])
        rows = [
            [method, *(format(errors[name], digits) for name, digits in ERRORS.items())]
            for method, errors in ranked
        ]
        text += f"\n{TRIMAPS[trimap]}:\n\n"
        text += table(["method", *ERRORS], rows)
    return text + "\n"


def choice() -> str:
    """What cross-validation says of the errors on photos that the weights were not chosen on."""
    figures = read(BENCHMARKS / "knn.json")["choice"]
    trimaps = [
        f"{TRIMAPS[trimap].lower()} "
        + ", ".join(
            f"{name} {errors[name]['mean']:{digits}} (spread {errors[name]['spread']:{digits}})"
            for name, digits in ERRORS.items()
        )
        for trimap, errors in figures["held out"].items()
    ]
    rows = [
        [
            f"`{name}`",
            ", ".join(f"{value:g}" for value in figures["grid"][name]),
            f"{figures['all'][name]:g}",
            ", ".join(f"{fold[name]:g}" for fold in figures["folds"]),
            f"{ours:g}",
        ]
        for name, ours in OUR_WEIGHTS.items()
    ]
    head = ["", "tried", "all photos choose", "without a fold", "in the solver"]
    return (
        "The three weights of *best* were chosen on these photos. By cross-validation in "
        f"{len(figures['folds'])} folds of three, with the weights that the other photos choose, the "
        f"photos left out have, on average, {'; '.join(trimaps)} "
        "(`python -m benchmarks.knn choose`; the spread is the standard deviation over photos). "
        "The solver's other constants were chosen on these photos, too, without such a check.\n\n"
        + table(head, rows)
    )


def speed() -> str:
    methods = read(BENCHMARKS / "knn.json")["speed"]
    ranked = sorted(methods.items(), key=lambda method: method[1]["wall_s"])
    return table(
        ["method", "wall seconds", "processor seconds", "peak memory", "of it for the solve"],
        [
            [
                method,
                f"{row['wall_s']:.2f}",
                f"{row['processor_s']:.2f}",
                f"{row['peak_mb']:.0f} MB",
                f"{row['added_mb']:.0f} MB",
            ]
            for method, row in ranked
        ],
    )


def colors() -> str:
    figures = read(BENCHMARKS / "foreground.json")
    quality = figures["quality"]
    rows = [
        [f"error, {kind}", *(f"{row[method]:.2f}" for method in COLOR_METHODS)]
        for kind, row in quality["errors"].items()
    ]
    sizes = dict.fromkeys(name.split(",")[0] for name in figures["speed"])
    rows += [
        [
            f"seconds, {size}",
            *(f"{figures['speed'][f'{size}, {method}']['wall_s']:.2f}" for method in COLOR_METHODS),
        ]
        for size in sizes
    ]
    return (
        f"Errors are means over {quality['photos']} subjects from alphamatting.com.\n\n"
        + table(["", *COLOR_METHODS.values()], rows)
    )


def stages() -> str:
    sizes = read(BENCHMARKS / "stages.json")
    names = next(iter(sizes.values()))["stages"]
    rows = [[name, *(f"{row['stages'][name]:.2f} s" for row in sizes.values())] for name in names]
    rows.append(["all, warm", *(f"{row['warm_seconds']:.2f} s" for row in sizes.values())])
    rows.append(["peak memory", *(f"{row['peak_mb']:.0f} MB" for row in sizes.values())])
    return table(["", *sizes], rows)


def load() -> str:
    row = read(BENCHMARKS / "load.json")
    return (
        f"{row['own_results']:.0f} of {row['sessions']} sessions that uploaded at the same moment "
        f"to a server just started got their own result, {row['errors']} errors, after "
        f"{row['median_s']:.0f} s in the median and {row['worst_s']:.0f} s at worst; the server's "
        f"memory peaked at {row['server_mb_peak']:.0f} MB.\n"
    )


def app() -> str:
    row = read(BENCHMARKS / "app.json")
    return (
        f"Heading visible {row['from_opening_the_page_s']:.1f} s after opening the page on a "
        f"server that has just started;\n{row['server_mb_after']:.0f} MB resident after "
        f"{row['photos']} photos, one of them 12 megapixels, with a peak of "
        f"{row['server_mb_peak']:.0f} MB.\n"
    )


def board() -> str:
    """The simulated board: a column, and whole photos."""
    figures = read(BENCHMARKS / "launchpad.json")
    columns, sweep = figures["columns"], figures["sweep"].values()
    unrounded = columns["rmse_to_float_features"]
    within = sum(row["within_0.06"] for row in sweep)
    errors = [error for row in sweep for error in row["rmse"].values()]
    minutes = [job["board_seconds"] / 60 for jobs in figures["photo"].values() for job in jobs]
    return (
        f"{columns['sram_bytes']} bytes of SRAM with the deepest stack seen, 800-pixel columns in "
        f"{columns['seconds']['median']:.2f} s (median of {columns['columns']} with "
        f"{columns['least_unknown']} to {columns['most_unknown']} unknown pixels, the serial line "
        f"included; {columns['refused'] or 'none'} of them refused). Alpha is within "
        f"{columns['rmse']['p95']:.4f} of the board's own system solved in float64 (95th percentile "
        f"of the RMSE): that is its solver's rounding alone. To the same problem with unrounded "
        f"features it is {unrounded['median']:.3f} in the median, {unrounded['p95']:.3f} at the 95th "
        f"percentile and {unrounded['max']:.2f} at most: with eight bits a feature, some pixels get "
        f"other neighbours. Whole photos of 120x160 with a band of 3 or 10 px: {within} of "
        f"{len(errors)} within an RMSE of 0.06 to the whole solved at once in float64, median "
        f"{statistics.median(errors):.3f} (`python -m benchmarks.launchpad sweep`); they take "
        f"{min(minutes):.0f} to {max(minutes):.0f} minutes on the board (`python -m "
        "benchmarks.launchpad photo`).\n"
    )


SECTIONS = {
    "app": app,
    "board": board,
    "masks": masks,
    "training": training,
    "matting": matting,
    "framings": framings,
    "scenes": scenes,
    "ablations": ablations,
    "accuracy": accuracy,
    "choice": choice,
    "speed": speed,
    "colors": colors,
    "stages": stages,
    "load": load,
}

if __name__ == "__main__":
    main()
