/* The browser asks before it leaves the app, as reloading it does, too. */
const ask = (event) => event.preventDefault();
/* In the tab's own memory: the visit in which there were photos. */
const VISIT = "visit-with-photos";
const MILLISECONDS_TO_NEXT_LOOK = 100;

export default function ({ data }) {
    window.onbeforeunload = data.ask ? ask : null;
    if (data.photos) {
        sessionStorage.setItem(VISIT, data.visit);
        return;
    }
    let nextLook;
    const say = () => {
        const before = sessionStorage.getItem(VISIT);
        const sentence = document.querySelector(".forgotten");
        if (before && before !== data.visit && !sentence) {
            // The page is still being built.
            nextLook = setTimeout(say, MILLISECONDS_TO_NEXT_LOOK);
            return;
        }
        if (before && before !== data.visit) sentence.hidden = false;
        sessionStorage.removeItem(VISIT);
    };
    say();
    return () => clearTimeout(nextLook);
}
