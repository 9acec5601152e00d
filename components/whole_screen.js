/* Put before the script of a component that can fill the screen, with the key F too. */

/* place: an element that stays for as long as the component does; isOpen, open, close: what the
   keys ask for. Returns what takes the listeners off again, and the full screen with them. */
function onWholeScreenKeys(place, isOpen, open, close) {
    // New data runs the component's script again without a clean-up between.
    place.stopKeys?.();
    const onKey = (event) => {
        const typing = event.composedPath()[0].matches?.("input, textarea, [contenteditable]");
        if (typing || event.ctrlKey || event.metaKey || event.altKey || isOpen()) return;
        if (event.key.toLowerCase() === "f") open();
    };
    // Escape leaves the browser's full screen first; the picture goes with it.
    const onLeave = () => {
        if (!document.fullscreenElement && isOpen()) close();
    };
    document.addEventListener("keydown", onKey);
    document.addEventListener("fullscreenchange", onLeave);
    place.stopKeys = () => {
        document.removeEventListener("keydown", onKey);
        document.removeEventListener("fullscreenchange", onLeave);
    };
    return () => {
        place.stopKeys();
        // Not where the component is only about to be drawn again.
        setTimeout(() => place.isConnected || leaveFullScreen());
    };
}

function enterFullScreen() {
    // Not on iPhones; what is shown there covers the page anyway.
    document.documentElement.requestFullscreen?.().catch(() => {});
}

function leaveFullScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
}
