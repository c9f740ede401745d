// Runs before the first paint: the theme and the language that were chosen here. Pages name it with a query that changes with it.
(() => {
  const root = document.documentElement;
  const theme = localStorage.getItem("tessera.theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  const language = localStorage.getItem("tessera.language");
  if (language === "en" || language === "ru") root.lang = language;
  else if (navigator.language.toLowerCase().startsWith("ru")) root.lang = "ru";
  const rows = localStorage.getItem("tessera.rows");
  if (rows) root.dataset.rows = rows;
})();
