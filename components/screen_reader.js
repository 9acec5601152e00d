/* Streamlit's icons are words in a font of signs; a screen reader would say theater_comedy. */
const ICONS = '[data-testid="stIconMaterial"]:not([aria-hidden])';
/* What has no other name: on a phone, the buttons that open and close the menu. */
const NAMES = {
    '[data-testid="stExpandSidebarButton"]': "Menu",
    '[data-testid="stSidebarCollapseButton"] button': "Close menu",
};
const CONTENT = '[data-testid="stMain"]:not([role])';

function name() {
    for (const icon of document.querySelectorAll(ICONS)) icon.ariaHidden = "true";
    for (const [buttons, called] of Object.entries(NAMES))
        for (const button of document.querySelectorAll(buttons))
            if (button.ariaLabel !== called) button.ariaLabel = called;
    for (const content of document.querySelectorAll(CONTENT)) content.role = "main";
}

const observer = new MutationObserver(name);

export default function () {
    name();
    observer.observe(document.body, { childList: true, subtree: true });
}
