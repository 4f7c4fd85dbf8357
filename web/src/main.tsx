import { render } from "preact";
import { startEngine } from "./engine/client.ts";
import { keepOffline } from "./offline/register.ts";
import { followKeys } from "./page/keys.ts";
import { Page } from "./page/page.tsx";
import { wantOrigins } from "./page/views.ts";
import { followDrops } from "./share/drop.ts";
import { followLink } from "./share/link.ts";
import { followFaults } from "./state/faults.ts";
import { follow, followOrigins } from "./state/result.ts";

startEngine();
follow();
followOrigins(wantOrigins);
followFaults();
followLink();
followDrops();
followKeys();
keepOffline();
const root = document.getElementById("page");
if (root !== null) {
  root.replaceChildren();
  render(<Page />, root);
}
