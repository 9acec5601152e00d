/* The browser asks before it leaves the app, as reloading it does, too. */
const ask = (event) => event.preventDefault();
/* In the tab's own memory: the visit in which there were results. */
const VISIT = "visit-with-results";

export default function ({ data }) {
    window.onbeforeunload = data.painted ? ask : null;
    if (data.results) {
        sessionStorage.setItem(VISIT, data.visit);
        return;
    }
    const before = sessionStorage.getItem(VISIT);
    sessionStorage.removeItem(VISIT);
    const sentence = document.querySelector(".forgotten");
    if (before && before !== data.visit && sentence) sentence.hidden = false;
}
