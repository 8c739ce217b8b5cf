import { Ellipsis } from "lucide-react";
import { IconButton } from "../design/icon-button.tsx";
import { Menu } from "../design/menu.tsx";
import { t } from "../i18n/index.ts";
import { loadMenus } from "./later.ts";

const items = async () => (await loadMenus()).listMenu();

/** What can be done with the list as a whole. */
export function ListMenu() {
  return <Menu trigger={<IconButton icon={Ellipsis} label={t("sidebar.list")} small />} items={items} />;
}
