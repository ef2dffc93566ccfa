// The drawn map: the list below it, as a mind-map. Without this script the list is all there is.
"use strict";

(() => {
  const figure = document.getElementById("drawing");
  // A phone has no room for it.
  if (!figure || !window.MindElixirLite || !window.matchMedia("(min-width: 48rem)").matches) return;
  const { default: MindElixir, SIDE } = window.MindElixirLite;
  const canvas = figure.querySelector(".canvas");
  const says = document.getElementById("drawing-says");

  // Only these keys reach the library, whatever the answer holds: it would run a node's HTML and follow its links.
  const clean = (node, depth) => ({
    id: String(node.id),
    topic: String(node.topic),
    expanded: depth < 2,
    tags: (node.tags || []).map((tag) => ({ text: String(tag.text), className: String(tag.className) })),
    children: (node.children || []).map((child) => clean(child, depth + 1)),
  });

  // Every line is seen on white and on black (3:1 at least).
  const theme = {
    name: "hub",
    palette: ["#2f7fb8", "#b0603a", "#3f8a4f", "#9a5fb5", "#a8771a", "#c2506a", "#5b7d8c"],
    cssVar: {
      "--main-color": "var(--pico-color)", "--main-bgcolor": "var(--pico-card-background-color)",
      "--color": "var(--pico-color)", "--bgcolor": "var(--pico-background-color)",
      "--root-color": "var(--on-strong)", "--root-bgcolor": "var(--exercise)", "--root-border-color": "var(--exercise-line)",
      "--selected": "var(--focus)", "--accent-color": "var(--focus)", "--map-padding": "20px",
      "--main-gap-x": "24px", "--main-gap-y": "8px", "--node-gap-x": "20px", "--node-gap-y": "5px",
      "--root-radius": "6px", "--main-radius": "6px", "--topic-padding": "3px",
    },
  };

  const draw = (data) => {
    const mind = new MindElixir({
      el: canvas, direction: SIDE, editable: false, contextMenu: false, toolBar: false, keypress: false,
      allowUndo: false, overflowHidden: false, theme, alignment: "nodes",
      // The wheel scrolls the page; with Ctrl, as everywhere, it enlarges.
      handleWheel: (event) => {
        if (!event.ctrlKey) return;
        event.preventDefault();
        mind.scale(mind.scaleVal * (event.deltaY < 0 ? 1.1 : 1 / 1.1));
      },
    });
    mind.init({ nodeData: clean(data, 0) });
    return mind;
  };

  const isLeaf = (node) => node.id.includes("/");

  const describe = (mind, node) => {
    const siblings = node.parent ? node.parent.children : [node];
    const words = [node.topic, ...node.tags.map((tag) => tag.text), `${siblings.indexOf(node) + 1}/${siblings.length}`];
    says.textContent = words.join(", ");
  };

  let current = null;

  const select = (mind, node) => {
    current = node;
    const element = mind.findEle(node.id);
    // The library marks its selection only where it can be edited.
    for (const old of mind.container.querySelectorAll(".here")) old.classList.remove("here");
    element.classList.add("here");
    mind.scrollIntoView(element);
    describe(mind, node);
  };

  const enter = (mind, node) => {
    if (isLeaf(node)) {
      window.location.assign(figure.dataset.pages + node.id.split("/").map(encodeURIComponent).join("/"));
    } else if (node.parent) {
      mind.expandNode(mind.findEle(node.id), !node.expanded);
      select(mind, node);
    }
  };

  const onLeft = (mind, node) => {
    const side = mind.findEle(node.id).closest("me-main");
    return side !== null && side.classList.contains("lhs");
  };

  const outward = (mind, node) => {
    if (!node.children.length) return null;
    if (node.parent && !node.expanded) mind.expandNode(mind.findEle(node.id), true);
    return node.children[0];
  };

  const sideways = (mind, node, left) => {
    if (!node.parent) return node.children.find((child) => onLeft(mind, child) === left) || null;
    return onLeft(mind, node) === left ? outward(mind, node) : node.parent;
  };

  const beside = (mind, node, step) => {
    if (!node.parent) return null;
    const left = onLeft(mind, node);
    const siblings = node.parent.children.filter((each) => onLeft(mind, each) === left);
    const next = siblings[siblings.indexOf(node) + step];
    if (next) return next;
    // Past the last sibling: on to the next open branch of the same depth.
    const cousin = node.parent.parent && beside(mind, node.parent, step);
    if (!cousin || !cousin.children.length || !cousin.expanded) return cousin;
    return cousin.children[step > 0 ? 0 : cousin.children.length - 1];
  };

  const KEYS = {
    ArrowUp: (mind, node) => beside(mind, node, -1),
    ArrowDown: (mind, node) => beside(mind, node, 1),
    ArrowLeft: (mind, node) => sideways(mind, node, true),
    ArrowRight: (mind, node) => sideways(mind, node, false),
    Home: (mind) => mind.nodeData,
  };

  const listen = (mind) => {
    const place = mind.container;
    place.setAttribute("role", "application");
    place.setAttribute("aria-label", canvas.dataset.label);
    place.setAttribute("aria-describedby", canvas.dataset.keys);
    place.addEventListener("focus", () => { if (!current) select(mind, mind.nodeData); });
    place.addEventListener("keydown", (event) => {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        enter(mind, current || mind.nodeData);
      } else if (KEYS[event.key]) {
        event.preventDefault();
        const next = KEYS[event.key](mind, current || mind.nodeData);
        if (next) select(mind, next);
      }
    });
    // A click opens; a drag, which moves the whole map, does not.
    let pressed = null;
    place.addEventListener("pointerdown", (event) => { pressed = { x: event.clientX, y: event.clientY }; }, true);
    place.addEventListener("click", (event) => {
      const topic = event.target.closest("me-tpc");
      const moved = pressed && Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) > 5;
      if (topic && !moved) enter(mind, topic.nodeObj);
    });
    const acts = {
      fit: () => mind.scaleFit(),
      larger: () => mind.scale(mind.scaleVal * 1.25),
      smaller: () => mind.scale(mind.scaleVal / 1.25),
      open: () => { mind.expandNodeAll(mind.findEle(mind.nodeData.id), true); mind.scaleFit(); },
      close: () => { current = null; mind.init({ nodeData: clean(mind.nodeData, 0) }); mind.scaleFit(); },
    };
    for (const button of figure.querySelectorAll("button[data-do]")) {
      button.addEventListener("click", () => acts[button.dataset.do]());
    }
  };

  const start = async () => {
    const answer = await fetch(figure.dataset.nodes, { headers: { Accept: "application/json" } });
    // Whoever is logged out gets the page to log in, which is no map.
    if (!answer.ok || answer.redirected) return;
    const data = await answer.json();
    figure.hidden = false;
    // On paper, for one, it is not shown; the library cannot draw without a size.
    if (!canvas.clientWidth) return;
    const mind = draw(data);
    listen(mind);
    mind.scaleFit();
    figure.dataset.ready = "yes";
  };
  start();
})();
