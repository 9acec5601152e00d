const CLOSE = '[data-testid="stSidebarCollapseButton"] button';
/* Streamlit's own width under which the menu covers the page. */
const NARROW = "(max-width: 768px)";

export default function () {
    const close = (event) => {
        const link = event.target.closest?.('[data-testid="stSidebarNavLink"]');
        if (link && matchMedia(NARROW).matches) document.querySelector(CLOSE)?.click();
    };
    document.addEventListener("click", close);
    return () => document.removeEventListener("click", close);
}
