const push = history.pushState;

function pushOtherPages(state, title, url) {
    const goal = new URL(url ?? location.href, location.href);
    const change = goal.pathname === location.pathname ? history.replaceState : push;
    change.call(history, state, title, url);
}

export default function () {
    history.pushState = pushOtherPages;
}
