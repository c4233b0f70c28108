// Where a page goes for a moment.

addEventListener("pageshow", () => setTimeout(() => history.back(), 300));
