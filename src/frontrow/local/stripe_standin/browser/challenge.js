// The 3-D Secure step: a modal dialog in the bank's name. Escape counts as refusing, as closing the bank's window does.

function challenge() {
  dress();
  return new Promise((resolve) => {
    const title = `p-Challenge-${Math.random().toString(36).slice(2)}`;
    const complete = make("button", { type: "button", value: "complete" }, "Complete");
    const fail = make("button", { type: "button", value: "fail" }, "Fail");
    const dialog = make(
      "dialog",
      { class: "p-Challenge", "aria-labelledby": title, "aria-describedby": `${title}-text` },
      make("h2", { id: title }, "Test bank: 3D Secure"),
      make("p", { id: `${title}-text` }, "This stands in for your bank’s own confirmation. No real money moves."),
      make("div", {}, complete, fail),
    );
    let answer = "fail";
    for (const button of [complete, fail]) {
      button.addEventListener("click", () => {
        answer = button.value;
        dialog.close();
      });
    }
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(answer);
    });
    document.body.append(dialog);
    dialog.showModal();
    complete.focus();
  });
}
