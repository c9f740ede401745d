/** Icons by their lucide names: those of the page and of built-in objects at once, any other with a chunk of its own. */

import {
  AlignLeft, ArrowDown, ArrowLeft, ArrowRight, ArrowUp, AtSign, Banknote, Binary, Boxes, Braces, Building2, Calendar, CalendarClock, ChartColumn,
  ChartPie, Check, ChevronDown, ChevronLeft, ChevronRight, ChevronUp, CircleAlert, CircleDot, ClipboardList, Clock, Code, Columns3, Command,
  Contact, ContactRound, Copy, Ellipsis, ExternalLink, Eye, EyeOff, Factory, FileText, Fingerprint, Flag, FolderKanban, GitMerge, GripVertical, Handshake,
  Hash, History, House, Keyboard, Languages, Layers, Link, List, ListChecks, ListFilter, Lock, LogOut, type LucideIcon, Mail, MapPin, Megaphone, Minus,
  Monitor, Moon, Network, NotebookText, Package, PanelLeft, PanelRightOpen, Pencil, Percent, Phone, Pin, PinOff, Plus, Quote, ReceiptText, RotateCw, Rows3,
  Save, Search, Settings, Shapes, Share2, ShoppingCart, SquareCheck, SquareCheckBig, SquareKanban, Star, StickyNote, Sun, Table2, Tag, Tags, Timer,
  ToggleLeft, Trash2, Truck, Type, Undo2, UserCheck, UserRound, Users, Warehouse, WifiOff, X,
} from "lucide-react";
import { lazy, memo, Suspense } from "react";

const KNOWN: Record<string, LucideIcon> = {
  "align-left": AlignLeft, "arrow-down": ArrowDown, "arrow-left": ArrowLeft, "arrow-right": ArrowRight, "arrow-up": ArrowUp, "at-sign": AtSign,
  banknote: Banknote, binary: Binary, boxes: Boxes, braces: Braces, "building-2": Building2, calendar: Calendar, "calendar-clock": CalendarClock,
  "chart-column": ChartColumn, "chart-pie": ChartPie, check: Check, "chevron-down": ChevronDown, "chevron-left": ChevronLeft,
  "chevron-right": ChevronRight, "chevron-up": ChevronUp, "circle-alert": CircleAlert, "circle-dot": CircleDot, "clipboard-list": ClipboardList,
  clock: Clock, code: Code, "columns-3": Columns3, command: Command, contact: Contact, "contact-round": ContactRound, copy: Copy,
  ellipsis: Ellipsis, "external-link": ExternalLink, eye: Eye, "eye-off": EyeOff, factory: Factory, "file-text": FileText, fingerprint: Fingerprint, flag: Flag,
  "folder-kanban": FolderKanban, "git-merge": GitMerge, "grip-vertical": GripVertical, handshake: Handshake, hash: Hash, history: History, house: House,
  keyboard: Keyboard, languages: Languages, layers: Layers, link: Link, list: List, "list-checks": ListChecks, "list-filter": ListFilter, lock: Lock,
  "log-out": LogOut, mail: Mail, "map-pin": MapPin, megaphone: Megaphone, minus: Minus, monitor: Monitor, moon: Moon, network: Network,
  "notebook-text": NotebookText, package: Package, "panel-left": PanelLeft, "panel-right-open": PanelRightOpen, pencil: Pencil, percent: Percent,
  phone: Phone, pin: Pin, "pin-off": PinOff, plus: Plus, quote: Quote, "receipt-text": ReceiptText, "rotate-cw": RotateCw, "rows-3": Rows3, save: Save,
  search: Search, settings: Settings, shapes: Shapes, "share-2": Share2, "shopping-cart": ShoppingCart, "square-check": SquareCheck,
  "square-check-big": SquareCheckBig, "square-kanban": SquareKanban, star: Star, "sticky-note": StickyNote, sun: Sun, "table-2": Table2, tag: Tag,
  tags: Tags, timer: Timer, "toggle-left": ToggleLeft, "trash-2": Trash2, truck: Truck, type: Type, "undo-2": Undo2, "user-check": UserCheck,
  "user-round": UserRound, users: Users, warehouse: Warehouse, "wifi-off": WifiOff, x: X,
};

const AnyIcon = lazy(() => import("./any-icon.tsx"));

export type Size = 12 | 14 | 16 | 20;

/** Decoration beside a word; readers are not told of it. */
export const Icon = memo(function Icon({ name, size = 16 }: { name: string; size?: Size }) {
  const Known = KNOWN[name];
  const look = size === 16 ? "i" : `i i-${size}`;
  if (Known) return <Known className={look} aria-hidden />;
  return (
    <Suspense fallback={<Shapes className={look} aria-hidden />}>
      <AnyIcon name={name} className={look} />
    </Suspense>
  );
});

export function Brand() {
  return (
    <svg className="brand" viewBox="0 0 16 16" aria-hidden>
      <rect x="1" y="1" width="6.25" height="6.25" rx="1.5" />
      <rect x="8.75" y="1" width="6.25" height="6.25" rx="1.5" />
      <rect x="1" y="8.75" width="6.25" height="6.25" rx="1.5" />
      <rect className="lit" x="8.75" y="8.75" width="6.25" height="6.25" rx="1.5" />
    </svg>
  );
}
