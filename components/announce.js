/* Lies outside what Streamlit draws anew, as a screen reader only listens to what was there before. */
let region;

export default function ({ data }) {
    region ??= document.body.appendChild(document.createElement("div"));
    region.role = "status";
    region.className = "announced";
    if (region.textContent !== data.text) region.textContent = data.text;
}
