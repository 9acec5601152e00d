/* Tells Python where the picture was clicked, as shares of its width and height. */
export default function ({ data, parentElement, setTriggerValue }) {
    const choose = parentElement.querySelector(".choose");
    const picture = choose.querySelector("img");
    picture.src = data.picture;
    picture.alt = data.text;
    picture.style.setProperty("--proportion", data.width / data.height);
    choose.onclick = (event) => {
        // A click by keyboard has no place; the sliders are there for that.
        if (event.detail === 0) return;
        const { left, top, width, height } = picture.getBoundingClientRect();
        setTriggerValue("place", {
            x: (event.clientX - left) / width,
            y: (event.clientY - top) / height,
        });
    };
}
