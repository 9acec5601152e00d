/* The browser asks before it leaves the app, as reloading it does, too. */
const ask = (event) => event.preventDefault();

export default function ({ data }) {
    window.onbeforeunload = data.painted ? ask : null;
}
