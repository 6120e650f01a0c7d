import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { modelOf } from "./model.ts";
import "./style/tokens.css";
import "./style/base.css";
import "./style/frame.css";
import "./style/page.css";
import "./style/overview.css";
import "./style/findings.css";
import "./style/recommendations.css";
import "./style/print.css";

const json = document.getElementById("report-data")?.textContent ?? "null";
createRoot(document.getElementById("root")!).render(<App model={modelOf(json)} />);
