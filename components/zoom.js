/* Put before the script of a component whose picture can be enlarged and moved in its frame.
   The frame's layers follow --zoom, --x and --y. */
const LARGEST = 8; /* photo pixels as many screen pixels wide */
const PINCH_POINTERS = 2;

class Zoom {
    /* moved: called after every change. photoWidth: in pixels, set before the first use. */
    constructor(frame, moved) {
        Object.assign(this, { frame, moved, photoWidth: 1, scale: 1, x: 0, y: 0 });
        this.fingers = new Map();
        this.pinching = false;
        frame.addEventListener("pointerdown", (event) => this.#down(event));
        frame.addEventListener("pointermove", (event) => this.#move(event));
        frame.addEventListener("pointerup", (event) => this.#up(event));
        frame.addEventListener("pointercancel", (event) => this.#up(event));
        frame.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
        new ResizeObserver(() => this.#apply()).observe(frame);
    }

    get enlarged() {
        return this.scale > 1.001;
    }

    /* The scale at which one pixel of the photo is one pixel of the screen. */
    get fullSize() {
        return this.photoWidth / (this.frame.clientWidth * devicePixelRatio);
    }

    /* The next larger size that is worth a button, as a share of the full size. */
    get nextStep() {
        return [1, 2, 4, LARGEST].find((step) => step * this.fullSize > 1.15) ?? LARGEST;
    }

    percent(scale = this.scale) {
        return `${Math.round((100 * scale) / this.fullSize)} %`;
    }

    /* Writes on a button what it will do. otherwise: words about another way to enlarge. */
    name(button, otherwise = "") {
        const next = this.percent(this.nextStep * this.fullSize);
        button.textContent = this.enlarged ? "Fit" : next;
        button.title = this.enlarged
            ? `Show the whole picture (now at ${this.percent()})`
            : `Enlarge to ${next}${otherwise}`;
        button.setAttribute("aria-label", button.title);
    }

    /* Where a point of the screen lies in the picture, as shares of its width and height. */
    shares(clientX, clientY) {
        const { left, top, width, height } = this.frame.getBoundingClientRect();
        return [
            (clientX - left - this.x) / (this.scale * width),
            (clientY - top - this.y) / (this.scale * height),
        ];
    }

    /* Enlarges about a point of the frame, its middle by default. */
    to(scale, x = this.frame.clientWidth / 2, y = this.frame.clientHeight / 2) {
        const within = Math.min(Math.max(1, scale), Math.max(1, LARGEST * this.fullSize));
        this.x = x - ((x - this.x) * within) / this.scale;
        this.y = y - ((y - this.y) * within) / this.scale;
        this.scale = within;
        this.#apply();
    }

    toggle(x, y) {
        this.to(this.enlarged ? 1 : this.nextStep * this.fullSize, x, y);
    }

    pan(across, down) {
        this.x += across;
        this.y += down;
        this.#apply();
    }

    #apply() {
        const { clientWidth, clientHeight } = this.frame;
        this.x = Math.min(0, Math.max(clientWidth * (1 - this.scale), this.x));
        this.y = Math.min(0, Math.max(clientHeight * (1 - this.scale), this.y));
        this.frame.style.setProperty("--zoom", this.scale);
        this.frame.style.setProperty("--x", `${this.x}px`);
        this.frame.style.setProperty("--y", `${this.y}px`);
        this.frame.classList.toggle("enlarged", this.enlarged);
        this.moved();
    }

    #place(event) {
        const { left, top } = this.frame.getBoundingClientRect();
        return [event.clientX - left, event.clientY - top];
    }

    #down(event) {
        if (event.pointerType !== "touch") return;
        this.fingers.set(event.pointerId, this.#place(event));
        this.pinching ||= this.fingers.size === PINCH_POINTERS;
    }

    #move(event) {
        if (!this.fingers.has(event.pointerId)) return;
        const before = [...this.fingers.values()];
        this.fingers.set(event.pointerId, this.#place(event));
        if (this.fingers.size !== PINCH_POINTERS) return;
        const after = [...this.fingers.values()];
        const [was, is] = [before, after].map(([[ax, ay], [bx, by]]) => ({
            x: (ax + bx) / 2,
            y: (ay + by) / 2,
            apart: Math.max(1, Math.hypot(ax - bx, ay - by)),
        }));
        this.x += is.x - was.x;
        this.y += is.y - was.y;
        this.to((this.scale * is.apart) / was.apart, is.x, is.y);
    }

    #up(event) {
        this.fingers.delete(event.pointerId);
        if (this.fingers.size === 0) this.pinching = false;
    }

    /* The wheel alone scrolls the page; with Ctrl, as a pinched trackpad sends it, it enlarges. */
    #wheel(event) {
        if (!event.ctrlKey) return;
        event.preventDefault();
        this.to(this.scale * Math.exp(-event.deltaY / 200), ...this.#place(event));
    }
}
