/* What on a page has too little contrast with its ground: WCAG 2.2, 1.4.3. Text on pictures, which
   have no one colour, and what is switched off are left out. */
() => {
    const channels = (text) => {
        const numbers = text.match(/[\d.]+/g).map(Number);
        const scale = text.startsWith("color(srgb") ? 255 : 1;
        return [...numbers.slice(0, 3).map((value) => value * scale), numbers[3] ?? 1];
    };
    const luminance = (color) => {
        const linear = color.slice(0, 3).map((value) => {
            const share = value / 255;
            return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
    };
    const over = (top, ground) => [
        ...[0, 1, 2].map((i) => top[3] * top[i] + (1 - top[3]) * ground[i]),
        1,
    ];
    const parent = (element) => element.parentElement ?? element.getRootNode().host;

    const groundOf = (element) => {
        const layers = [];
        for (let each = element; each; each = parent(each)) {
            const style = getComputedStyle(each);
            if (style.backgroundImage !== "none") return null;
            layers.push(channels(style.backgroundColor));
            if (layers.at(-1)[3] === 1) break;
        }
        return layers.reverse().reduce((ground, layer) => over(layer, ground), [255, 255, 255, 1]);
    };
    const opacityOf = (element) => {
        let opacity = 1;
        for (let each = element; each; each = parent(each)) {
            opacity *= Number(getComputedStyle(each).opacity);
        }
        return opacity;
    };

    const IGNORED =
        "style, script, .katex-mathml, [data-testid=stIconMaterial], " +
        "[data-testid=stSliderThumbValue], [disabled], [aria-disabled=true]";
    const faint = new Set();
    const look = (root) => {
        for (const element of root.querySelectorAll("*")) {
            if (element.shadowRoot) look(element.shadowRoot);
            const text = [...element.childNodes]
                .filter((node) => node.nodeType === Node.TEXT_NODE)
                .map((node) => node.textContent.trim())
                .join(" ")
                .trim();
            if (!text || element.closest(IGNORED) || !element.checkVisibility()) continue;
            const style = getComputedStyle(element);
            const opacity = opacityOf(element);
            const ground = groundOf(element);
            if (!ground || opacity < 0.05 || style.visibility !== "visible") continue;
            const color = channels(element instanceof SVGElement ? style.fill : style.color);
            color[3] *= opacity;
            const [low, high] = [over(color, ground), ground]
                .map(luminance)
                .sort((a, b) => a - b);
            const contrast = (high + 0.05) / (low + 0.05);
            const size = parseFloat(style.fontSize);
            const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
            if (contrast < (large ? 3 : 4.5)) faint.add(`${text.slice(0, 40)}: ${contrast.toFixed(2)}`);
        }
    };
    look(document.body);
    return [...faint];
}
