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
    const before = sessionStorage.getItem(VISIT);
    const say = () => {
        const sentence = document.querySelector(".forgotten");
        if (!sentence) {
            // The page is still being built.
            nextLook = setTimeout(say, MILLISECONDS_TO_NEXT_LOOK);
            return;
        }
        sentence.hidden = false;
        sessionStorage.removeItem(VISIT);
    };
    if (before === data.visit) sessionStorage.removeItem(VISIT);
    else if (before) say();
    return () => clearTimeout(nextLook);
}
