"""About and privacy: what is computed where, what becomes of photos, credits, figures."""

import streamlit as st

from components.announce import announce
from components.entrance import come_through_the_app
from components.figures import figures
from components.privacy import PROMISE

WHERE = """\
| where | what |
|---|---|
| your browser | shows the pages, compares before and after, turns the 3D face (WebGL); keeps \
no photo after the page is closed, only the light or dark theme and, until the tab is closed, a note \
that there were photos |
| this server | everything else: finds the face, draws the mask, solves the matte, fits the 3D \
face, simulates the board |
| anybody else's computer | nothing: fonts, scripts and networks all come from this server |"""

PRIVACY = """\
- When you close the page, the server waits a minute or so in case you come back, as after a break
  of the network; then it forgets the session and all photos.
  While an upload is under way its file is held in memory, too.
- No account, no analytics, no advertising. The one cookie keeps other sites from uploading in
  your name.
- Sessions do not see each other. What they share are the networks' weights and what was computed
  from the two sample photographs.
- A Surrey Face Model chosen on the 3D page is laid into a temporary folder while it is read, and
  removed at once. It is a model, not a photo.
- On a server that is not yours, its operator could change all this, and the way there is
  only private if the address begins with https. If that matters, run it yourself."""

OWN = """\
```
make run
```

sets everything up on Linux (Python 3.11 or 3.12) and serves the app on port 8501, or

```
docker build -t deepmasque . && docker run --rm -p 8501:8501 deepmasque
```

Once installed it needs no internet."""

PAPERS = """\
- Shen et al. 2016, [Automatic Portrait Segmentation for Image
  Stylization](https://doi.org/10.1111/cgf.12814): the network PortraitFCN+ and the EG1800 photos
- Chen, Li and Tang 2013, [KNN Matting](https://doi.org/10.1109/TPAMI.2013.18): the matte
- Mehta and Rastegari 2022, [Separable Self-attention for Mobile Vision
  Transformers](https://arxiv.org/abs/2206.02680): the attention in the network's encoder
- Lin et al. 2017, [Feature Pyramid Networks](https://doi.org/10.1109/CVPR.2017.106): its decoder
- Sandler et al. 2018, [MobileNetV2](https://arxiv.org/abs/1801.04381): its encoder's blocks
- Wortsman et al. 2022, [Model Soups](https://arxiv.org/abs/2203.05482): weights averaged over
  trainings
- Kartynnik et al. 2019, [Real-time Facial Surface
  Geometry](https://arxiv.org/abs/1907.06724): the 468 landmarks
- He, Sun and Tang 2010, [Guided Image Filtering](https://doi.org/10.1007/978-3-642-15549-9_1)
- Levin, Lischinski and Weiss 2008, [A Closed-Form Solution to Natural Image
  Matting](https://doi.org/10.1109/TPAMI.2007.1177): colour lines
- Hestenes and Stiefel 1952, [Methods of Conjugate Gradients for Solving Linear
  Systems](https://doi.org/10.6028/jres.049.044): the solver
- Germer, Uelwer, Conrad and Harmeling 2020, [Fast Multi-Level Foreground
  Estimation](https://arxiv.org/abs/2006.14970): the person's own colours
- Germer et al. 2020, [PyMatting](https://doi.org/10.21105/joss.02481): the peer our matting
  is measured against
- Lin et al. 2022, [Robust High-Resolution Video Matting](https://arxiv.org/abs/2108.11515): a peer
  of our masks
- Huber et al. 2016, [A Multiresolution 3D Morphable Face
  Model](https://doi.org/10.5220/0005669500580067): the Surrey model, its fitting and the isomap
- Blanz and Vetter 1999, [A Morphable Model for the Synthesis of 3D
  Faces](https://doi.org/10.1145/311535.311556)"""

CREDITS = """\
| part | by | licence |
|---|---|---|
| portrait network, refinement network, face shape model | trained by us on EG1800, PASCAL VOC \
2012 and BSDS500; the portrait network from the weights of MediaPipe's multi-class selfie \
segmentation (Google, Apache-2.0) | research, non-commercial |
| detectors of faces and people, 468 landmarks, canonical face mesh | MediaPipe, Google | \
Apache-2.0 |
| Surrey Face Model, if you bring it | University of Surrey | non-commercial, not included |
| Grace Hopper | James S. Davis, United States Navy, 1984 | public domain |
| Eileen Collins | NASA | public domain |
| Figtree, Marcellus (fonts) | Erik Kennedy; Astigmatic | SIL Open Font License 1.1 |
| three.js (3D viewer) | its authors | MIT |"""

PACKAGES = """\
| package | licence |
|---|---|
| streamlit, ai-edge-litert, mediapipe, eos-py, opencv-contrib-python | Apache-2.0 |
| wasmtime | Apache-2.0 with LLVM exception |
| numpy, scipy, starlette, pyserial | BSD-3-Clause |
| pillow-heif | BSD-3-Clause; its wheels, with libheif and x265, GPL-2.0 |
| pillow | MIT-CMU |
| trimesh | MIT |"""


def main() -> None:
    """The page, all words."""
    st.title("About and :primary[Privacy]", anchor=False)
    announce("About and Privacy")
    st.markdown(
        "DeepMasque cuts people out of photos, shows every step of how it does so, and proves "
        "how little memory the matting needs. It succeeds a student project of 2018 of the "
        "same name."
    )
    st.header("What becomes of your photos", anchor=False)
    st.markdown(f"**{PROMISE}**\n\n{PRIVACY}")
    st.header("What is computed where", anchor=False)
    st.markdown(WHERE)
    st.header("Run it yourself", anchor=False)
    st.markdown(OWN)
    show_figures()
    st.header("Papers", anchor=False)
    st.markdown(PAPERS)
    st.header("Credits and licences", anchor=False)
    st.markdown(f"{CREDITS}\n\n{PACKAGES}")


def show_figures() -> None:
    """What was measured, how, and the command that prints it again."""
    st.header("Figures, and how they were measured", anchor=False)
    st.markdown("Each is read from the file that the command at its end wrote.")
    st.markdown(
        "\n".join(
            f"- {figure.what}: **{figure.value}**. {figure.how} `{figure.command}`"
            for figure in figures()
        )
    )


come_through_the_app("pages/about.py")
main()
