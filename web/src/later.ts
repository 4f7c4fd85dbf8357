// All that somebody opens first, beside the editor: one file, because in files of their own these parts would pack worse, and so many
// of them would split that of the first view.
export { moved } from "./form/moved.ts";
export { Presets } from "./form/presets.tsx";
export { download, PictureText } from "./picture/elsewhere.tsx";
export { Changes } from "./preview/changes.tsx";
export { Manifests } from "./preview/manifests.tsx";
export { Dialogs } from "./share/dialogs.tsx";
export { takeFile } from "./share/take.ts";
export { Use } from "./share/use.tsx";
export { Simulate } from "./simulate/simulate.tsx";
