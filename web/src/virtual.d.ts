declare module "virtual:first" {
  import type { Preview } from "./engine/types.ts";
  const first: Preview | null;
  export default first;
}
