const UPLOADER = '[data-testid="stFileUploaderDropzoneInput"]';
const MILLISECONDS_TO_NEXT_LOOK = 100;
/* A double click is one wish. */
const MILLISECONDS_TO_NEXT_PASTE = 1000;
const NOTHING = "There is no picture in the clipboard.";
const REFUSED =
    "The browser did not let the page read the clipboard. Press Ctrl+V (or Cmd+V), or upload the " +
    "picture.";

/* Pasted pictures go the way of uploaded ones: they are handed to the page's uploader. */
export default function ({ parentElement }) {
    const button = parentElement.querySelector(".paste");
    const said = parentElement.querySelector(".said");

    // Another theme runs the script again without a clean-up between.
    button.stopPasting?.();
    let gone = false;
    let lastGiven = -Infinity;

    const give = (pictures) => {
        if (gone) return;
        const uploader = document.querySelector(UPLOADER);
        if (!uploader) {
            // Somebody was quicker than the page: it is still being built.
            setTimeout(give, MILLISECONDS_TO_NEXT_LOOK, pictures);
            return;
        }
        if (performance.now() - lastGiven < MILLISECONDS_TO_NEXT_PASTE) return;
        lastGiven = performance.now();
        const files = new DataTransfer();
        for (const picture of pictures) files.items.add(picture);
        uploader.files = files.files;
        uploader.dispatchEvent(new Event("change", { bubbles: true }));
    };
    const paste = (event) => {
        const pictures = [...event.clipboardData.files].filter(isPicture);
        if (!pictures.length) return;
        event.preventDefault();
        give(pictures);
    };
    document.addEventListener("paste", paste);

    button.hidden = !navigator.clipboard?.read;
    button.onclick = async () => {
        said.textContent = "";
        try {
            const pictures = [];
            for (const item of await navigator.clipboard.read()) {
                const type = item.types.find((each) => each.startsWith("image/"));
                if (!type) continue;
                pictures.push(new File([await item.getType(type)], named(type), { type }));
            }
            if (pictures.length) give(pictures);
            else said.textContent = NOTHING;
        } catch (error) {
            said.textContent = error.name === "NotAllowedError" ? REFUSED : NOTHING;
        }
    };
    button.stopPasting = () => {
        gone = true;
        document.removeEventListener("paste", paste);
    };
    return button.stopPasting;
}

function isPicture(file) {
    return file.type.startsWith("image/");
}

function named(type) {
    return `pasted.${type.split("/")[1]}`;
}
