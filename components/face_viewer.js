/* Turns a textured face with three.js, which this server gives out itself (static/three). */
const FIELD_OF_VIEW = 26;
const KEY_STEP = Math.PI / 24;
const KEY_ZOOM = 1.15;
/* Nearest and farthest part of the face in the colours of depth, gold and blue, in linear light. */
const NEAR_COLOUR = [0.93, 0.56, 0.07];
const FAR_COLOUR = [0.01, 0.03, 0.15];

let library;
let failures = 0;

/* Runs again whenever Python sends another shape; the view that was chosen stays. */
export default function ({ data, parentElement }) {
    const stage = parentElement.querySelector(".stage");
    const problem = stage.querySelector(".problem");
    const tell = (sentence) => {
        problem.textContent = `${sentence} The files to download still work in other programs.`;
        problem.hidden = false;
    };
    /* A browser may remember that an address failed. */
    const again = failures ? `?${failures}` : "";
    library ??= import(new URL(`app/static/three/three.js${again}`, document.baseURI).href);
    library.then(
        (three) => {
            try {
                stage.viewer ??= createViewer(three, stage);
            } catch {
                tell("This browser cannot show three-dimensional pictures (WebGL).");
                return;
            }
            problem.hidden = true;
            stage.viewer.show(data);
        },
        () => {
            library = undefined;
            failures += 1;
            tell("What draws the face could not be loaded; the next change tries it again.");
        },
    );
    return () => {
        /* Only when the component is gone for good, not when it is about to be drawn again. */
        setTimeout(() => {
            if (!stage.isConnected && stage.viewer) {
                stage.viewer.dispose();
                stage.viewer = undefined;
            }
        }, 500);
    };
}

function createViewer(three, stage) {
    const canvas = stage.querySelector("canvas");
    const renderer = new three.WebGLRenderer({
        canvas,
        antialias: true,
        alpha: true,
        preserveDrawingBuffer: true,
    });
    const scene = new three.Scene();
    const camera = new three.PerspectiveCamera(FIELD_OF_VIEW, 1, 10, 5000);
    const controls = new three.OrbitControls(camera, canvas);
    controls.enablePan = false;
    controls.touches.TWO = 3; /* three.TOUCH.DOLLY_ROTATE */
    canvas.style.touchAction = "pan-y";

    const ambient = new three.AmbientLight(0xffffff, 1);
    const lamp = new three.DirectionalLight(0xffffff, 2);
    camera.add(lamp);
    lamp.position.set(-250, 350, 200);
    scene.add(camera, ambient);

    const materials = {
        photo: new three.MeshBasicMaterial({ side: three.DoubleSide }),
        lit: new three.MeshStandardMaterial({ side: three.DoubleSide, roughness: 0.75 }),
        clay: new three.MeshStandardMaterial({
            side: three.DoubleSide,
            color: 0xd8cfc0,
            roughness: 0.85,
        }),
        depth: new three.MeshBasicMaterial({ side: three.DoubleSide, vertexColors: true }),
    };
    const face = new three.Mesh(new three.BufferGeometry(), materials.photo);
    const wires = new three.LineSegments(
        undefined,
        new three.LineBasicMaterial({ color: 0x10243a, transparent: true, opacity: 0.6 })
    );
    scene.add(face, wires);

    const chosen = { look: "photo", light: false, wires: false };
    let shown = null;
    let waiting = 0;
    const draw = () => {
        waiting ||= requestAnimationFrame(() => {
            waiting = 0;
            const { clientWidth: width, clientHeight: height } = stage;
            if (!width || !height) return;
            renderer.setPixelRatio(Math.min(devicePixelRatio, 2));
            renderer.setSize(width, height, false);
            camera.aspect = width / height;
            camera.updateProjectionMatrix();
            renderer.render(scene, camera);
            stage.dataset.drawn = String(Number(stage.dataset.drawn ?? 0) + 1);
        });
    };

    const apply = () => {
        const lit = chosen.look === "photo" && chosen.light;
        face.material = materials[lit ? "lit" : chosen.look];
        lamp.intensity = chosen.light ? 2.4 : 1.2;
        ambient.intensity = chosen.light ? 0.7 : 1.4;
        wires.visible = chosen.wires;
        for (const button of stage.querySelectorAll("[data-look]"))
            button.setAttribute("aria-pressed", String(button.dataset.look === chosen.look));
        for (const button of stage.querySelectorAll("[data-toggle]"))
            button.setAttribute("aria-pressed", String(chosen[button.dataset.toggle]));
        stage.querySelector("[data-toggle=light]").disabled = chosen.look === "depth";
        draw();
    };

    const lookFromTheFront = () => {
        const { centre, height } = shown;
        /* On a narrow screen the width decides how far away the camera must stand. */
        const narrow = Math.max(1, (0.85 * stage.clientHeight) / stage.clientWidth);
        const distance = (0.64 * height * narrow) / Math.tan((FIELD_OF_VIEW * Math.PI) / 360);
        controls.target.set(...centre);
        camera.position.set(centre[0], centre[1], centre[2] + distance);
        controls.minDistance = distance * 0.35;
        controls.maxDistance = distance * 2.5;
        controls.update();
        draw();
    };

    controls.addEventListener("start", () => stage.classList.add("touched"));
    controls.addEventListener("change", draw);
    stage.querySelector(".tools").onclick = ({ target }) => {
        const { look, toggle, action } = target.dataset;
        if (look) chosen.look = look;
        if (toggle) chosen[toggle] = !chosen[toggle];
        if (action) lookFromTheFront();
        apply();
    };
    stage.onkeydown = (event) => {
        const turns = {
            ArrowLeft: [-1, 0],
            ArrowRight: [1, 0],
            ArrowUp: [0, -1],
            ArrowDown: [0, 1],
        };
        const turn = turns[event.key];
        const farther = { "+": 1 / KEY_ZOOM, "=": 1 / KEY_ZOOM, "-": KEY_ZOOM }[event.key];
        const own = !event.ctrlKey && !event.metaKey && event.target === stage;
        if (!(turn || farther) || !own) return;
        event.preventDefault();
        if (turn) orbit(camera, controls.target, turn[0] * KEY_STEP, turn[1] * KEY_STEP);
        // Within the controls' nearest and farthest, which they keep by themselves.
        else camera.position.sub(controls.target).multiplyScalar(farther).add(controls.target);
        controls.update();
        draw();
    };
    const resized = new ResizeObserver(draw);
    resized.observe(stage);

    return {
        show(data) {
            const positions = new Float32Array(bytes(data.positions));
            const geometry = new three.BufferGeometry();
            geometry.setAttribute("position", new three.BufferAttribute(positions, 3));
            geometry.setAttribute(
                "uv",
                new three.BufferAttribute(new Float32Array(bytes(data.texture_coordinates)), 2)
            );
            geometry.setIndex(
                new three.BufferAttribute(new Uint32Array(bytes(data.triangles)), 1)
            );
            geometry.setAttribute("color", depthColours(three, positions));
            geometry.computeVertexNormals();
            face.geometry.dispose();
            face.geometry = geometry;
            wires.geometry.dispose();
            wires.geometry = new three.WireframeGeometry(geometry);

            const anew = shown?.face !== data.face;
            shown = { face: data.face, centre: data.centre, height: data.height };
            stage.setAttribute("aria-label", data.text);
            if (anew) {
                lookFromTheFront();
                const picture = new Image();
                picture.onload = () => {
                    const texture = new three.Texture(picture);
                    texture.flipY = false;
                    texture.colorSpace = three.SRGBColorSpace;
                    texture.anisotropy = renderer.capabilities.getMaxAnisotropy();
                    texture.needsUpdate = true;
                    for (const material of [materials.photo, materials.lit]) {
                        material.map?.dispose();
                        material.map = texture;
                        material.needsUpdate = true;
                    }
                    stage.dataset.face = data.face;
                    draw();
                };
                picture.src = data.texture;
            }
            apply();
        },
        dispose() {
            resized.disconnect();
            controls.dispose();
            renderer.dispose();
        },
    };
}

/* Moves the camera around its target by angles, staying clear of the poles. */
function orbit(camera, target, across, down) {
    const away = camera.position.clone().sub(target);
    const radius = away.length();
    const azimuth = Math.atan2(away.x, away.z) + across;
    const polar = Math.acos(away.y / radius) + down;
    const within = Math.min(Math.PI - 0.05, Math.max(0.05, polar));
    camera.position.set(
        target.x + radius * Math.sin(within) * Math.sin(azimuth),
        target.y + radius * Math.cos(within),
        target.z + radius * Math.sin(within) * Math.cos(azimuth)
    );
}

function depthColours(three, positions) {
    let far = Infinity;
    let near = -Infinity;
    for (let at = 2; at < positions.length; at += 3) {
        far = Math.min(far, positions[at]);
        near = Math.max(near, positions[at]);
    }
    const colours = new Float32Array(positions.length);
    for (let at = 0; at < positions.length; at += 3) {
        const share = (positions[at + 2] - far) / (near - far);
        for (let each = 0; each < 3; each += 1)
            colours[at + each] =
                FAR_COLOUR[each] + share * (NEAR_COLOUR[each] - FAR_COLOUR[each]);
    }
    return new three.BufferAttribute(colours, 3);
}

function bytes(text) {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;
}
