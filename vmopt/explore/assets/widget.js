// The page of a session in a frame that may run its own scripts and has no way out: what its forms hold comes here as a
// message, goes to Python, and a new page comes back.
export default {
  render({model, el}) {
    const frame = document.createElement("iframe");
    frame.setAttribute("sandbox", "allow-scripts allow-forms");
    frame.title = "Explore a placement";
    frame.style.cssText = "width: 100%; height: 720px; border: 1px solid #8884; border-radius: 8px;";
    const show = () => { frame.srcdoc = model.get("page"); };
    const hear = (event) => {
      if (event.source === frame.contentWindow && event.data?.vmopt) model.send({form: event.data.vmopt});
    };
    window.addEventListener("message", hear);
    model.on("change:page", show);
    show();
    el.append(frame);
    return () => {
      window.removeEventListener("message", hear);
      model.off("change:page", show);
    };
  },
};
