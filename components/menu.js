const CLOSE =
    '[data-testid="stSidebar"][aria-expanded="true"] [data-testid="stSidebarCollapseButton"] button';
/* Streamlit's own width under which the menu covers the page. */
const NARROW = "(max-width: 768px)";

/* The page that the menu was last closed for; first the one that was loaded. */
const loaded = performance.getEntriesByType("navigation")[0];
let page = loaded ? new URL(loaded.name).pathname : location.pathname;

function close() {
    if (matchMedia(NARROW).matches) document.querySelector(CLOSE)?.click();
}

let stop = () => {};

export default function () {
    // Another theme runs the script again without a clean-up between.
    stop();
    const listen = (event) => {
        if (event.target.closest?.('[data-testid="stSidebarNavLink"]')) close();
    };
    document.addEventListener("click", listen);
    /* A page chosen before this code had arrived. */
    if (page !== location.pathname) close();
    page = location.pathname;
    stop = () => document.removeEventListener("click", listen);
    return stop;
}
