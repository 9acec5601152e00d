/* Streamlit's icons are words in a font of signs; a screen reader would say theater_comedy. */
const ICONS = '[data-testid="stIconMaterial"]:not([aria-hidden])';
/* Its button that opens the menu on a phone has no other name. */
const NAMELESS = '[data-testid="stExpandSidebarButton"]:not([aria-label="Menu"])';

function hide() {
    for (const icon of document.querySelectorAll(ICONS)) icon.ariaHidden = "true";
    for (const button of document.querySelectorAll(NAMELESS)) button.ariaLabel = "Menu";
}

const observer = new MutationObserver(hide);

export default function () {
    hide();
    observer.observe(document.body, { childList: true, subtree: true });
}
