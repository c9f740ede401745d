/** The places of a tenant: its objects by module, and what shapes and explains them. */

import { Link, useRouterState } from "@tanstack/react-router";
import { mayShapeModel, useMe } from "../api/me.ts";
import { signOut } from "../shared/session.ts";
import { initials } from "../fields/parts/reference.tsx";
import { Brand, Icon } from "../ui/icon.tsx";
import { Kbd } from "../ui/kbd.tsx";
import { Menu, MenuChoice, MenuItem, MenuLink, MenuRule } from "../ui/menu.tsx";
import { speak, useLanguage, useWords } from "../words/index.ts";
import { isMac } from "../lib/platform.ts";
import { mayAdminister } from "./admin-places.ts";
import { Places } from "./places.tsx";
import { actOf } from "./shortcuts.ts";
import { chooseTheme, useTheme } from "./theme.ts";

export function Sidebar() {
  const t = useWords();
  const me = useMe();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const shapes = mayShapeModel(me);
  return (
    <nav className="sidebar" aria-label={t("shell.places")}>
      <TenantMenu />
      <button type="button" className="find" onClick={() => actOf("palette")?.()}>
        <Icon name="search" />
        <span>{t("common.search")}</span>
        <Kbd>{isMac ? "⌘K" : "Ctrl K"}</Kbd>
      </button>
      <Places />
      <footer>
        {shapes && (
          <Place to="/model" icon="shapes" path={path}>
            {t("shell.model")}
          </Place>
        )}
        {mayAdminister(me) && (
          <Place to="/admin" icon="settings" path={path}>
            {t("shell.admin")}
          </Place>
        )}
        <AccountMenu />
      </footer>
    </nav>
  );
}

function Place({ to, icon, path, children }: { to: string; icon: string; path: string; children: string }) {
  const on = path === to || path.startsWith(`${to}/`);
  return (
    <Link to={to as "/"} className={`place ${on ? "on" : ""}`} aria-current={on ? "page" : undefined}>
      <Icon name={icon} />
      <span className="cut">{children}</span>
    </Link>
  );
}

function TenantMenu() {
  const t = useWords();
  const { tenant } = useMe();
  return (
    <Menu
      trigger={
        <button type="button" className="tenant">
          <Brand />
          <span className="cut">{tenant.name}</span>
          <span className="faint">
            <Icon name="chevron-down" size={14} />
          </span>
        </button>
      }
    >
      <MenuLink href="/api/v1/docs" icon="code">
        {t("shell.api")}
      </MenuLink>
      <MenuLink href="/graphiql" icon="braces">
        {t("shell.graphiql")}
      </MenuLink>
      <MenuRule />
      <MenuItem icon="building-2" onClick={() => void leave("switch")}>
        {t("shell.switchTenant")}
      </MenuItem>
      <MenuItem icon="log-out" onClick={() => void leave()}>
        {t("shell.signOut")}
      </MenuItem>
    </Menu>
  );
}

/** Ends the session; to sign in again, perhaps elsewhere. */
export async function leave(why?: "switch"): Promise<void> {
  await signOut();
  location.assign(why ? "/signin?switch" : "/signin");
}

function AccountMenu() {
  const t = useWords();
  const language = useLanguage();
  const theme = useTheme();
  const { user } = useMe();
  return (
    <Menu
      side="top"
      trigger={
        <button type="button" className="place" title={t("shell.accountMenu")}>
          <span className="face me" aria-hidden>
            {initials(user.name)}
          </span>
          <span className="cut">{user.name}</span>
        </button>
      }
    >
      <MenuLink href="/me" icon="user-round">
        {t("shell.me")}
      </MenuLink>
      <MenuItem icon="keyboard" end={<Kbd>?</Kbd>} onClick={() => actOf("help")?.()}>
        {t("shell.help")}
      </MenuItem>
      <MenuRule />
      <MenuChoice
        title={t("shell.theme")}
        value={theme}
        onChange={chooseTheme}
        options={[
          { value: "system", label: t("shell.themeSystem") },
          { value: "light", label: t("shell.themeLight") },
          { value: "dark", label: t("shell.themeDark") },
        ]}
      />
      <MenuChoice title={t("shell.language")} value={language} onChange={(next) => void speak(next)} options={LANGUAGES} />
      <MenuRule />
      <MenuItem icon="log-out" onClick={() => void leave()}>
        {t("shell.signOut")}
      </MenuItem>
    </Menu>
  );
}

/** Each in its own language. */
export const LANGUAGES: { value: "en" | "ru"; label: string }[] = [
  { value: "en", label: "English" },
  { value: "ru", label: "Русский" },
];

