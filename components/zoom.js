/* Put before the script of a component whose picture can be enlarged and moved in its frame: with
   two fingers, with Ctrl and the wheel, and, once enlarged, with the middle button of the mouse or
   Shift and the first. The frame's layers follow --left, --top, --width and --height, which lay the
   picture whole into the frame's middle, and --zoom, --x and --y. */
const LARGEST = 8; /* photo pixels as many screen pixels wide */
const PINCH_POINTERS = 2;
const WORTH_A_BUTTON = 1.15; /* times as large as the whole in the frame */
const MIDDLE = 1; /* of MouseEvent.button */

class Zoom {
    /* moved: called after every change. `show` is told the photo's size before anything else. */
    constructor(frame, moved) {
        Object.assign(this, { frame, moved, width: 1, height: 1, scale: 1, x: 0, y: 0 });
        this.fingers = new Map();
        this.pinching = false;
        this.hand = null;
        frame.addEventListener("mousedown", (event) => {
            if (event.button === MIDDLE) event.preventDefault(); // or the page would scroll
        });
        frame.addEventListener("pointerdown", (event) => this.#down(event));
        frame.addEventListener("pointermove", (event) => this.#move(event));
        frame.addEventListener("pointerup", (event) => this.#up(event));
        frame.addEventListener("pointercancel", (event) => this.#up(event));
        frame.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
        new ResizeObserver(() => this.#apply()).observe(frame);
    }

    /* Lays a photo of so many pixels into the frame. */
    show(width, height) {
        Object.assign(this, { width, height });
        this.#apply();
    }

    /* Whether fingers or the mouse hold the picture, so that they do nothing else. */
    get held() {
        return this.pinching || this.hand !== null;
    }

    get enlarged() {
        return this.scale > 1.001;
    }

    /* The scale at which one pixel of the photo is one pixel of the screen. */
    get fullSize() {
        return this.width / (this.#box().width * devicePixelRatio);
    }

    /* The next larger size that is worth a button, as a share of the full size. */
    get nextStep() {
        return [1, 2, 4, LARGEST].find((step) => step * this.fullSize > WORTH_A_BUTTON) ?? LARGEST;
    }

    percent(scale = this.scale) {
        return `${Math.round((100 * scale) / this.fullSize)} %`;
    }

    /* Writes on a button what it will do. otherwise: words about another way to enlarge. */
    name(button, otherwise = "") {
        // A small photo is shown larger than that already.
        button.hidden = !this.enlarged && this.nextStep * this.fullSize <= WORTH_A_BUTTON;
        const next = this.percent(this.nextStep * this.fullSize);
        button.textContent = this.enlarged ? "Fit" : next;
        button.title = this.enlarged
            ? `Show the whole picture (now at ${this.percent()})`
            : `Enlarge to ${next}${otherwise}`;
        button.setAttribute("aria-label", button.title);
    }

    /* A length on the screen in pixels of the photo. */
    photoPixels(length) {
        return (length * this.width) / (this.scale * this.#box().width);
    }

    /* A point of the screen in pixels of the photo; pixel centres are whole numbers. */
    inPhoto(clientX, clientY) {
        const frame = this.frame.getBoundingClientRect();
        const { left, top, width, height } = this.#box();
        const [x, y] = [clientX - frame.left - this.x, clientY - frame.top - this.y];
        return [
            ((x / this.scale - left) / width) * this.width - 0.5,
            ((y / this.scale - top) / height) * this.height - 0.5,
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

    /* Where the whole picture lies in the frame, which has its shape unless that is extreme. */
    #box() {
        const frame = this.frame.getBoundingClientRect();
        const scale = Math.min(frame.width / this.width, frame.height / this.height);
        const [width, height] = [this.width * scale, this.height * scale];
        return { left: (frame.width - width) / 2, top: (frame.height - height) / 2, width, height };
    }

    #apply() {
        const frame = this.frame.getBoundingClientRect();
        const { left, top, width, height } = this.#box();
        this.x = within(this.x, left * this.scale, width * this.scale, frame.width);
        this.y = within(this.y, top * this.scale, height * this.scale, frame.height);
        for (const [name, length] of Object.entries({ left, top, width, height })) {
            this.frame.style.setProperty(`--${name}`, `${length}px`);
        }
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
        const grabs = event.button === MIDDLE || (event.button === 0 && event.shiftKey);
        if (event.pointerType === "mouse" && grabs && this.enlarged) {
            this.hand = this.#place(event);
            this.frame.setPointerCapture(event.pointerId);
            this.frame.classList.add("held");
        }
        if (event.pointerType !== "touch") return;
        this.fingers.set(event.pointerId, this.#place(event));
        this.pinching ||= this.fingers.size === PINCH_POINTERS;
    }

    #move(event) {
        if (this.hand) {
            const [x, y] = this.#place(event);
            this.pan(x - this.hand[0], y - this.hand[1]);
            this.hand = [x, y];
        }
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
        this.hand = null;
        this.frame.classList.remove("held");
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

/* The shift nearest to this one with which a picture of so many pixels, that lies so far from the
   frame's edge, fills the frame; its middle is the frame's if it is smaller. */
function within(shift, offset, picture, frame) {
    if (picture <= frame) return (frame - picture) / 2 - offset;
    return Math.min(-offset, Math.max(frame - picture - offset, shift));
}
