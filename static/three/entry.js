/* What the viewer of components/face_viewer.js needs of three.js. To build three.js beside it:
     npm install three@0.187.0 esbuild@0.28.2
     npx esbuild static/three/entry.js --bundle --minify --format=esm --outfile=static/three/three.js
   The licence is in LICENSE. */
export {
    AmbientLight,
    BufferAttribute,
    BufferGeometry,
    Color,
    DirectionalLight,
    DoubleSide,
    LineBasicMaterial,
    LineSegments,
    Mesh,
    MeshBasicMaterial,
    MeshStandardMaterial,
    PerspectiveCamera,
    Scene,
    SRGBColorSpace,
    Texture,
    WebGLRenderer,
    WireframeGeometry,
} from "three";
export { OrbitControls } from "three/addons/controls/OrbitControls.js";
