/* Tells Python where the picture was clicked, as shares of its width and height. */
export default function ({ data, parentElement, setTriggerValue }) {
    const stage = parentElement.querySelector(".stage");
    const choose = stage.querySelector(".choose");
    const picture = choose.querySelector("img");
    picture.src = data.picture;
    picture.alt = data.text;
    stage.style.setProperty("--proportion", data.width / data.height);
    choose.onclick = (event) => {
        // A click by keyboard has no place; the sliders are there for that.
        if (event.detail === 0) return;
        const { left, top, width, height } = picture.getBoundingClientRect();
        setTriggerValue("place", {
            x: (event.clientX - left) / width,
            y: (event.clientY - top) / height,
        });
    };

    const whole = stage.querySelector(".whole");
    const name = (title) => {
        whole.title = title;
        whole.setAttribute("aria-label", title);
    };
    const isOpen = () => stage.matches(":popover-open");
    const open = () => {
        // Manual, as going to the full screen closes all others.
        stage.popover = "manual";
        stage.showPopover();
        name("Back to the page (Esc)");
        whole.focus();
        enterFullScreen();
    };
    const close = () => {
        // What is a popover is not shown at all once it is closed.
        stage.removeAttribute("popover");
        name("Full screen (F)");
        leaveFullScreen();
    };
    whole.onclick = () => (isOpen() ? close() : open());
    stage.onkeydown = (event) => {
        if (!isOpen() || event.key === "Tab") return;
        // The page's own keys would walk on, or end the presentation.
        event.stopPropagation();
        if (event.key === "Escape") close();
    };
    return onWholeScreenKeys(stage, isOpen, open, close);
}
