const COLOURS = { keep: "#f0c64f", remove: "#e5553c", unsure: "#8fb4e8" };
const SIGNS = { keep: "+", remove: "−", unsure: "?" };
const SHORTCUTS = { 1: "keep", 2: "remove", 3: "unsure" };
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
/* A point is left out if it is nearer to the last one than this share of the radius. */
const SPACING = 0.2;
/* Side in pixels of the canvas on which strokes wait for their result. */
const CANVAS_SIDE = 1024;
/* A page that is just being built can miss what is sent. So it is sent again, after longer than
   anybody waits for a turn; Python passes over what is done. */
const MILLISECONDS_TO_ANSWER = 60_000;

/* Another tab or page takes the brush off the screen. What was chosen last; and the events of each
   photo that Python may not have heard of, as it leaves out those of a page that is left. */
const last = { label: "keep", size: null };
const unsolved = new Map();

/* Runs again whenever Python has solved a stroke; the brush, its size and the zoom stay. */
export default function ({ data, parentElement, setStateValue }) {
    const frame = parentElement.querySelector(".frame");
    frame.painter ??= new Painter(parentElement.querySelector(".brush"));
    frame.painter.show(data, setStateValue);
    return () => {
        /* Only when the brush is gone for good, not when it is about to be drawn again. */
        setTimeout(() => frame.isConnected || frame.painter.leave());
    };
}

/* Files taken away now would be without the strokes that are still being solved. */
function holdDownloads(held) {
    const downloads = document.querySelector(".st-key-downloads");
    if (downloads) downloads.inert = held;
}

/* Strokes are events with rising numbers; each is sent until Python says it is done with it. */
class Painter {
    constructor(root) {
        this.root = root;
        this.frame = root.querySelector(".frame");
        this.picture = root.querySelector("img");
        this.canvas = root.querySelector("canvas");
        this.pointer = root.querySelector(".pointer");
        this.size = root.querySelector(".size input");
        this.undo = root.querySelector(".undo");
        this.redo = root.querySelector(".redo");
        this.labels = [...root.querySelectorAll("[data-label]")];
        this.zoomButton = root.querySelector(".zoom");
        this.pending = [];
        this.told = Date.now();
        this.stroke = null;
        this.place = null;
        this.closer = null;
        this.zoom = new Zoom(this.frame, () => this.#moved());
        this.undoByKey = (event) => this.#undoByKey(event);
        if (last.size) this.size.value = last.size;
        this.#choose(last.label);
        this.#listen();
    }

    leave() {
        clearTimeout(this.unanswered);
        document.removeEventListener("keydown", this.undoByKey);
        holdDownloads(false);
    }

    show(data, setStateValue) {
        const shown = this.photo;
        if (shown !== data.photo) {
            this.photo = data.photo;
            this.pending = unsolved.get(data.photo) ?? [];
            this.zoom.to(1);
        }
        const { done, strokes, undone, larger } = data;
        Object.assign(this, { done, strokes, undone, larger, setStateValue });
        this.#keep(this.pending.filter((event) => event.id > done));
        if (shown !== data.photo && this.pending.length > 0) this.#tell();
        if (this.picture.src !== data.picture) this.picture.src = data.picture;
        this.picture.alt = data.text;
        this.frame.setAttribute("aria-label", data.text);
        this.frame.style.setProperty("--proportion", data.width / data.height);
        this.zoom.show(data.width, data.height);
        const scale = CANVAS_SIDE / Math.max(data.width, data.height);
        this.canvas.width = Math.round(data.width * scale);
        this.canvas.height = Math.round(data.height * scale);
        this.#draw();
    }

    #listen() {
        const { frame } = this;
        frame.addEventListener("pointerdown", (event) => {
            if (event.button !== 0 || event.target === this.zoomButton) return;
            if (this.zoom.held) {
                this.stroke = null;
                this.#draw();
                return;
            }
            frame.setPointerCapture(event.pointerId);
            this.#point(event);
            this.#begin();
        });
        frame.addEventListener("pointermove", (event) => {
            this.#point(event);
            if (!this.stroke || this.zoom.held) return;
            for (const each of event.getCoalescedEvents?.() ?? [event]) {
                this.#extend(this.zoom.inPhoto(each.clientX, each.clientY));
            }
            this.#draw();
        });
        frame.addEventListener("pointerup", () => this.#finish());
        frame.addEventListener("pointercancel", () => {
            this.stroke = null;
            this.#draw();
        });
        frame.addEventListener("pointerleave", () => {
            this.pointer.hidden = true;
        });
        frame.addEventListener("blur", () => {
            this.pointer.hidden = true;
        });
        frame.addEventListener("keydown", (event) => this.#key(event));
        document.addEventListener("keydown", this.undoByKey);
        this.zoomButton.onclick = () => this.zoom.toggle();
        this.undo.onclick = () => this.#send({ label: "undo" });
        this.redo.onclick = () => this.#send({ label: "redo" });
        this.size.oninput = () => this.#sized();
        for (const button of this.labels) {
            button.onclick = () => this.#choose(button.dataset.label);
            button.onkeydown = (event) => {
                const step = ARROWS[event.key];
                if (!step) return;
                event.preventDefault();
                const place = this.labels.indexOf(button) + step[0] + step[1];
                const next = this.labels[(place + this.labels.length) % this.labels.length];
                this.#choose(next.dataset.label);
                next.focus();
            };
        }
    }

    #choose(label) {
        this.label = last.label = label;
        for (const button of this.labels) {
            const chosen = button.dataset.label === label;
            button.setAttribute("aria-checked", chosen);
            button.tabIndex = chosen ? 0 : -1;
        }
        this.pointer.querySelector("b").textContent = SIGNS[label];
    }

    #key(event) {
        if (event.target !== this.frame) return;
        const arrow = ARROWS[event.key];
        if (arrow) {
            const { width, height } = this.frame.getBoundingClientRect();
            const step = event.shiftKey ? 2 : Number(this.size.value) / 2;
            this.place ??= [width / 2, height / 2];
            const [x, y] = this.place.map((each, axis) => each + step * arrow[axis]);
            this.place = [Math.min(width, Math.max(0, x)), Math.min(height, Math.max(0, y))];
            // Beyond the frame's edge the picture moves in place of the brush.
            this.zoom.pan(this.place[0] - x, this.place[1] - y);
            this.#pointAt();
        } else if (event.key === " " || event.key === "Enter") {
            const { width, height } = this.frame.getBoundingClientRect();
            this.place ??= [width / 2, height / 2];
            this.#pointAt();
            this.#begin();
            this.#finish();
        } else if (event.key in SHORTCUTS) {
            this.#choose(SHORTCUTS[event.key]);
        } else if (["+", "=", "-"].includes(event.key)) {
            this.size.value = Number(this.size.value) + (event.key === "-" ? -6 : 6);
            this.#sized();
        } else if (event.key === "0") {
            this.zoom.toggle(...(this.place ?? []));
        } else {
            return;
        }
        event.preventDefault();
    }

    /* Wherever the focus is, but where something is written. */
    #undoByKey(event) {
        const key = event.key.toLowerCase();
        if (!["z", "y"].includes(key) || !(event.ctrlKey || event.metaKey)) return;
        const target = event.composedPath()[0];
        if (target.matches("textarea, [contenteditable=true], input:not([type=range])")) return;
        const button = key === "y" || event.shiftKey ? this.redo : this.undo;
        button.click(); // which does nothing where it is switched off
        event.preventDefault();
    }

    /* Moves the brush's outline to where the mouse or finger is. */
    #point(event) {
        const { left, top } = this.frame.getBoundingClientRect();
        this.place = [event.clientX - left, event.clientY - top];
        this.#pointAt();
        this.pointer.hidden = event.pointerType === "touch" && !this.stroke;
    }

    #sized() {
        last.size = this.size.value;
        this.#pointAt();
    }

    #pointAt() {
        if (!this.place) return;
        const side = Number(this.size.value);
        this.pointer.hidden = false;
        this.pointer.style.width = this.pointer.style.height = `${side}px`;
        const [x, y] = this.place.map((each) => each - side / 2);
        this.pointer.style.transform = `translate(${x}px, ${y}px)`;
    }

    /* Starts a stroke where the brush is. */
    #begin() {
        const { left, top } = this.frame.getBoundingClientRect();
        const first = this.zoom.inPhoto(left + this.place[0], top + this.place[1]);
        const radius = this.zoom.photoPixels(Number(this.size.value) / 2);
        this.stroke = { label: this.label, radius, points: [first] };
        this.#draw();
    }

    #extend(point) {
        const last = this.stroke.points.at(-1);
        const apart = Math.hypot(point[0] - last[0], point[1] - last[1]);
        if (apart >= Math.max(0.5, SPACING * this.stroke.radius)) this.stroke.points.push(point);
    }

    #finish() {
        if (!this.stroke) return;
        const rounded = (length) => Number(length.toFixed(1));
        const points = this.stroke.points.map((point) => point.map(rounded));
        const radius = rounded(this.stroke.radius);
        this.#send({ ...this.stroke, points, radius });
        this.stroke = null;
    }

    #send(event) {
        const id = 1 + (this.pending.at(-1)?.id ?? this.done);
        this.#keep([...this.pending, { ...event, photo: this.photo, id }]);
        this.#tell();
        this.#draw();
    }

    #tell() {
        clearTimeout(this.unanswered);
        this.told += 1; // or the same value again would be no news
        const events = this.pending.map((event) => ({ ...event, told: this.told }));
        this.setStateValue("events", events);
        this.unanswered = setTimeout(() => this.#tell(), MILLISECONDS_TO_ANSWER);
    }

    #keep(pending) {
        this.pending = pending;
        holdDownloads(pending.length > 0);
        if (pending.length > 0) {
            unsolved.set(this.photo, pending);
        } else {
            unsolved.delete(this.photo);
            clearTimeout(this.unanswered);
        }
    }

    #moved() {
        this.zoom.name(this.zoomButton);
        // Every pixel of a large photo is fetched only while somebody looks so closely.
        const wanted = this.zoom.enlarged && this.larger ? this.photo : null;
        if (this.closer === wanted) return;
        this.closer = wanted;
        this.setStateValue("closer", wanted);
    }

    /* Strokes whose result is not there yet lie over the picture in their colour. */
    #draw() {
        const pen = this.canvas.getContext("2d");
        pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
        const scale = this.canvas.width / this.zoom.width;
        pen.lineCap = pen.lineJoin = "round";
        pen.globalAlpha = 0.55;
        const strokes = this.pending.filter((event) => event.points);
        for (const { label, radius, points } of [...strokes, this.stroke ?? []].filter(
            (each) => each.points,
        )) {
            pen.strokeStyle = COLOURS[label];
            pen.lineWidth = 2 * radius * scale;
            pen.beginPath();
            for (const [x, y] of [points[0], ...points]) {
                pen.lineTo((x + 0.5) * scale, (y + 0.5) * scale);
            }
            pen.stroke();
        }
        const busy = this.pending.length > 0;
        this.root.querySelector(".busy").hidden = !busy;
        const said = busy ? "Solving" : `Strokes painted: ${this.strokes}`;
        const status = this.root.querySelector(".said");
        if (status.textContent !== said) status.textContent = said;
        let [painted, undone] = [this.strokes, this.undone];
        for (const { label } of this.pending) {
            const step = { undo: -1, redo: 1 }[label];
            painted += step ?? 1;
            undone = step ? undone - step : 0;
        }
        this.undo.disabled = painted <= 0;
        this.redo.disabled = undone <= 0;
    }
}
