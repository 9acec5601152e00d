/* Runs again whenever Python sends other pictures. */
export default function ({ data, parentElement }) {
    const row = parentElement.querySelector(".row");
    const screen = parentElement.querySelector("dialog");
    const pictures = data.pictures;
    let shown = 0;

    const show = (position) => {
        shown = (position + pictures.length) % pictures.length;
        const { source, title, text } = pictures[shown];
        Object.assign(screen.querySelector("img"), { src: source, alt: text });
        const place = pictures.length > 1 ? ` (${shown + 1} of ${pictures.length})` : "";
        screen.querySelector("p").textContent = title + place;
    };
    const open = (position) => {
        show(position);
        screen.classList.toggle("single", pictures.length === 1);
        screen.showModal();
        enterFullScreen();
    };

    row.style.setProperty("--across", pictures.length);
    row.replaceChildren(...pictures.map((picture, position) => figure(picture, position, open)));
    screen.querySelector("img").onclick = () => screen.close();
    screen.querySelector(".close").onclick = () => screen.close();
    screen.querySelector(".previous").onclick = () => show(shown - 1);
    screen.querySelector(".next").onclick = () => show(shown + 1);
    screen.onclose = leaveFullScreen;
    screen.onkeydown = (event) => {
        // The page's own keys would walk on, or end the presentation.
        event.stopPropagation();
        if (event.key === "ArrowLeft") show(shown - 1);
        if (event.key === "ArrowRight") show(shown + 1);
    };
    return onWholeScreenKeys(
        screen,
        () => screen.open,
        () => open(0),
        () => screen.close(),
    );
}

function figure({ source, title, text, proportion }, position, open) {
    const whole = document.createElement("figure");
    whole.style.setProperty("--proportion", proportion);
    const button = Object.assign(document.createElement("button"), {
        type: "button",
        title: position === 0 ? "Full screen (F)" : "Full screen",
        onclick: () => open(position),
    });
    button.append(Object.assign(document.createElement("img"), { src: source, alt: text }));
    whole.append(
        button,
        Object.assign(document.createElement("figcaption"), { textContent: title }),
    );
    return whole;
}
