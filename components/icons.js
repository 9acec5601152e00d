/* Streamlit's icons are words in a font of signs; a screen reader would say theater_comedy. */
const ICONS = '[data-testid="stIconMaterial"]:not([aria-hidden])';

function hide() {
    for (const icon of document.querySelectorAll(ICONS)) icon.ariaHidden = "true";
}

const observer = new MutationObserver(hide);

export default function () {
    hide();
    observer.observe(document.body, { childList: true, subtree: true });
}
