// What the suite asks a page about its cards; all of it runs in the page.
(() => {
  const LEAST_CONTRAST = 4.5;

  const all = () =>
    [...document.querySelectorAll(".opnb")].filter(
      (card) => !card.parentElement.closest(".opnb"),
    );
  const unfold = () =>
    all().forEach((card) =>
      card.querySelectorAll("details").forEach((fold) => (fold.open = true)),
    );
  const wordsOf = (card) => card.innerText.split(/\s+/).filter(Boolean);
  const nameOf = (element) =>
    `<${element.tagName.toLowerCase()}> ${element.textContent.trim().slice(0, 40)}`;

  const textNodes = (card) => {
    const walker = document.createTreeWalker(card, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode())
      if (walker.currentNode.data.trim()) found.push(walker.currentNode);
    return found;
  };
  const chainOf = (element) => {
    const chain = [];
    for (let at = element; at; at = at.parentElement) chain.unshift(at);
    return chain;
  };
  const isFolded = (element) =>
    chainOf(element).some(
      (each) =>
        each.tagName === "DETAILS" &&
        !each.open &&
        !each.querySelector(":scope > summary")?.contains(element),
    );

  // Colours, as WCAG 2 weighs them.
  const canvas = document.createElement("canvas").getContext("2d", {
    willReadFrequently: true,
  });
  const known = new Map();
  const colorOf = (css) => {
    if (!known.has(css)) {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = css;
      canvas.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
      known.set(css, [r, g, b, a / 255]);
    }
    return known.get(css);
  };
  const over = ([r, g, b, a], below) =>
    [r, g, b].map((part, at) => a * part + (1 - a) * below[at]);
  const linear = (part) =>
    part / 255 <= 0.04045
      ? part / 255 / 12.92
      : ((part / 255 + 0.055) / 1.055) ** 2.4;
  const luminance = ([r, g, b]) =>
    0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const contrast = (one, other) => {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  let paints = new Map(); // of one look at the page: to ask the browser takes long
  const paintOf = (element) => {
    if (!paints.has(element)) {
      const { backgroundColor, color, opacity } = getComputedStyle(element);
      paints.set(element, { backgroundColor, color, opacity });
    }
    return paints.get(element);
  };
  const contrastOf = (element) => {
    const styles = chainOf(element).map(paintOf);
    const grounds = [[255, 255, 255]];
    for (const style of styles)
      grounds.push(over(colorOf(style.backgroundColor), grounds.at(-1)));
    const fade = (color) =>
      styles.reduceRight(
        (seen, style, at) => over([...seen, Number(style.opacity)], grounds[at]),
        color,
      );
    const text = over(colorOf(styles.at(-1).color), grounds.at(-1));
    return contrast(fade(text), fade(grounds.at(-1)));
  };

  const scrolls = (element, card) => {
    for (let at = element.parentElement; at && at !== card; at = at.parentElement)
      if (/auto|scroll/.test(getComputedStyle(at).overflowX)) return true;
    return false;
  };

  const unseen = (card) => {
    const box = card.getBoundingClientRect();
    if (!box.width || !box.height) return [`a card is not visible: ${nameOf(card)}`];
    return textNodes(card)
      .filter((node) => !isFolded(node.parentElement))
      .filter((node) => {
        const range = document.createRange();
        range.selectNodeContents(node);
        return ![...range.getClientRects()].some((rect) => rect.width && rect.height);
      })
      .map((node) => `a text is not visible: ${node.data.trim().slice(0, 60)}`);
  };
  const overflowing = (card) => {
    const box = card.getBoundingClientRect();
    const output = card.closest(".jp-OutputArea-output") ?? card.parentElement;
    const faults = [];
    if (card.scrollWidth > card.clientWidth + 1)
      faults.push(`a card overflows by ${card.scrollWidth - card.clientWidth} px`);
    if (output.scrollWidth > output.clientWidth + 1)
      faults.push(`an output overflows by ${output.scrollWidth - output.clientWidth}`);
    for (const element of card.querySelectorAll("*")) {
      const rect = element.getBoundingClientRect();
      const out = Math.max(rect.right - box.right, box.left - rect.left);
      if (rect.width && out > 1 && !scrolls(element, card))
        faults.push(`${nameOf(element)} stands out by ${Math.round(out)} px`);
    }
    return faults;
  };
  const faint = (card) => {
    const faults = new Set();
    for (const node of textNodes(card)) {
      if (isFolded(node.parentElement)) continue;
      const found = contrastOf(node.parentElement);
      if (found < LEAST_CONTRAST)
        faults.add(`${found.toFixed(1)}:1 is too faint: ${nameOf(node.parentElement)}`);
    }
    return [...faults];
  };
  const brokenPictures = (card) =>
    [...card.querySelectorAll("img")]
      .filter((img) => !img.complete || !img.naturalWidth || !img.alt.trim())
      .map((img) => `a picture does not show: ${img.alt || img.outerHTML.slice(0, 80)}`);

  // The words of a card must be the same, in the same order, without any style.
  const leansOnStyles = (card) => {
    const before = wordsOf(card);
    const styled = [...card.querySelectorAll("[style]"), card];
    const styles = styled.map((element) => element.getAttribute("style"));
    styled.forEach((element) => element.removeAttribute("style"));
    const after = wordsOf(card);
    styled.forEach((element, at) => {
      if (styles[at] !== null) element.setAttribute("style", styles[at]);
    });
    const at = before.findIndex((word, place) => word !== after[place]);
    if (before.length === after.length && at < 0) return [];
    return [
      `without styles "${before.slice(Math.max(0, at - 2), at + 4).join(" ")}" ` +
        `reads "${after.slice(Math.max(0, at - 2), at + 4).join(" ")}"`,
    ];
  };

  const RULES = { unseen, overflowing, faint, brokenPictures, leansOnStyles };
  const faults = () => {
    unfold();
    paints = new Map();
    return all().flatMap((card, number) =>
      Object.values(RULES)
        .flatMap((rule) => rule(card))
        .map((fault) => `card ${number} (${card.innerText.trim().slice(0, 30)}): ${fault}`),
    );
  };

  // What no text may make: elements that run, load, or cover the page.
  const FORBIDDEN =
    "script, iframe, object, embed, form, button, input, svg, math, style, link, meta," +
    "base, video, audio, template, dialog, marquee, body, [srcdoc], [id^=opnb]";
  const LINKS = new Set(["http:", "https:", "mailto:", "file:", ":"]);
  const intruders = () =>
    all().flatMap((card) =>
      [...card.querySelectorAll("*")]
        .filter(
          (each) =>
            each.matches(FORBIDDEN) ||
            [...each.attributes].some((a) => a.name.startsWith("on")) ||
            (each.tagName === "A" && !LINKS.has(each.protocol)),
        )
        .map((each) => each.outerHTML.slice(0, 200)),
    );
  const touchEverything = () => {
    unfold();
    for (const card of all())
      for (const element of card.querySelectorAll("*")) {
        if (element.tagName === "A" && !/^\s*\w*script/i.test(element.href))
          // A link leads where it says, which is not asked here.
          element.addEventListener("click", (event) => event.preventDefault());
        for (const kind of ["mouseover", "mouseenter", "focus", "toggle", "click"])
          element.dispatchEvent(new MouseEvent(kind, { bubbles: true, cancelable: true }));
      }
    return all().length;
  };

  window.opnbSuite = {
    count: () => all().length,
    texts: () => all().map((card) => card.innerText),
    faults,
    intruders,
    touchEverything,
    unfold,
  };
})();
