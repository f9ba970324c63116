// The public queue stub: calls made before the widget is here are kept for it.
window.Beforehand = window.Beforehand || function () { (window.Beforehand.q = window.Beforehand.q || []).push(arguments); };

(() => {
  const REFRESH_MS = 12 * 60 * 1000; // the token lives 15 minutes
  const page = document.documentElement;
  if (!page.hasAttribute("data-identify")) return;
  async function identify() {
    try {
      const answer = await fetch("/support-token", { headers: { "X-Tallybrook": "token" } });
      if (answer.ok) window.Beforehand("identify", { token: (await answer.json()).token });
    } catch { /* offline: the widget stays anonymous until the next turn */ }
  }
  identify();
  setInterval(identify, REFRESH_MS);
})();
