import "@fontsource-variable/fraunces/opsz.css";
import "@fontsource-variable/fraunces/opsz-italic.css";
import "@fontsource-variable/inter/wght.css";
import "./app.css";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { startTransition, StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { startTheme } from "@/shared/lib/theme";
import { queries } from "./queries";
import { router } from "./router";

startTheme();
const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
// As a transition React draws in pieces of a few milliseconds, and a finger is heard between them.
startTransition(() =>
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  ),
);
