// Every page of the console, on one page. A page's code is loaded when it is
// first opened; the pages below App need somebody signed in.
import type { ComponentType } from "react";
import { createBrowserRouter } from "react-router";
import { App, Home } from "./App";
import { Crashed } from "./Crashed";
import { Opening } from "./ui/looks";

type Module = { default: ComponentType };
const page = (load: () => Promise<Module>) => async () => ({ Component: (await load()).default });

export const router = createBrowserRouter([
  { path: "/login", HydrateFallback: Opening, ErrorBoundary: Crashed, lazy: page(() => import("./features/login/LoginPage")) },
  {
    path: "/",
    Component: App,
    HydrateFallback: Opening,
    ErrorBoundary: Crashed,
    children: [
      {
        lazy: page(() => import("./frame/Frame")),
        ErrorBoundary: Crashed,
        children: [
          { index: true, Component: Home },
          {
            ErrorBoundary: Crashed,
            children: [
              { path: "desk", lazy: page(() => import("./features/desk/DeskPage")) },
              { path: "live", lazy: page(() => import("./features/live/LivePage")) },
              { path: "campaigns", lazy: page(() => import("./features/campaigns/CampaignsPage")) },
              { path: "campaigns/new", lazy: page(() => import("./features/campaigns/NewCampaignPage")) },
              { path: "campaigns/:id", lazy: page(() => import("./features/campaigns/CampaignPage")) },
              { path: "campaigns/:id/what-if", lazy: page(() => import("./features/campaigns/WhatIfPage")) },
              { path: "campaigns/:id/results", lazy: page(() => import("./features/campaigns/ResultsPage")) },
              { path: "imports", lazy: page(() => import("./features/imports/ImportsPage")) },
              { path: "keys", lazy: page(() => import("./features/imports/KeysPage")) },
              { path: "imports/:id", lazy: page(() => import("./features/imports/ImportsPage")) },
              { path: "customers", lazy: page(() => import("./features/customers/CustomersPage")) },
              { path: "customers/:id", lazy: page(() => import("./features/customers/CustomerPage")) },
              { path: "merges", lazy: page(() => import("./features/merges/MergesPage")) },
              { path: "vehicles", lazy: page(() => import("./features/vehicles/VehiclesPage")) },
              { path: "orders", lazy: page(() => import("./features/orders/OrdersPage")) },
              { path: "policies", lazy: page(() => import("./features/policies/PoliciesPage")) },
              { path: "tasks", lazy: page(() => import("./features/tasks/TasksPage")) },
              { path: "quick-forms", lazy: page(() => import("./features/quickforms/QuickFormsPage")) },
              { path: "appointments", lazy: page(() => import("./features/appointments/AppointmentsPage")) },
              { path: "renewals", lazy: page(() => import("./features/renewals/RenewalsPage")) },
              { path: "messages", lazy: page(() => import("./features/messages/MessagesPage")) },
              { path: "figures", lazy: page(() => import("./features/figures/FiguresPage")) },
              { path: "store", lazy: page(() => import("./features/store/StorePage")) },
              { path: "system", lazy: page(() => import("./features/system/SystemPage")) },
              { path: "*", lazy: page(() => import("./NotFound")) },
            ],
          },
        ],
      },
    ],
  },
]);
