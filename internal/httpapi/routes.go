package httpapi

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"ringback/internal/auth"
)

// routes is every route of the product on one page.
func (s *Server) routes() {
	open := func(o huma.Operation, f func(huma.Operation)) { f(o) }

	// Session.
	open(huma.Operation{Method: "POST", Path: "/api/v1/session", Summary: "Sign in", OperationID: "post-session"},
		func(o huma.Operation) { huma.Register(s.api, o, s.login) })
	open(huma.Operation{Method: "DELETE", Path: "/api/v1/session", Summary: "Sign out", OperationID: "delete-session", DefaultStatus: 204},
		func(o huma.Operation) { huma.Register(s.api, o, s.logout) })
	route(s, "", "GET", "/session", 200, "Who is signed in", s.session)
	route(s, "", "PUT", "/session/store", 200, "Switch the active store", s.switchStore)
	route(s, "", "PUT", "/session/locale", 200, "Switch the language", s.setLocale)
	route(s, "", "GET", "/catalog", 200, "Codes and their words", s.catalog)

	// Imports.
	s.importRoutes() // upload, nightly drop, error file
	route(s, auth.RunImports, "GET", "/imports", 200, "Imported files, newest first", s.imports)
	route(s, auth.RunImports, "GET", "/imports/{id}", 200, "One imported file", s.importBatch)
	route(s, auth.RunImports, "GET", "/imports/{id}/rows", 200, "Rows of an imported file", s.importRows)
	route(s, auth.RunImports, "POST", "/imports/{id}/commit", 202, "Take the file over", s.importCommit)
	route(s, auth.RunImports, "GET", "/import-kinds", 200, "Kinds of files and their fields", s.importKinds)
	route(s, auth.RunImports, "GET", "/imports/{id}/top", 200, "A file's first lines, and what its first row means", s.importTop)
	route(s, auth.RunImports, "POST", "/imports/{id}/correction", 200, "Read the file again as a person says", s.importCorrect)
	route(s, auth.RunImports, "POST", "/imports/{id}/undo", 200, "Take a committed file back", s.importUndo)

	// Campaigns.
	route(s, auth.ManageCampaigns, "GET", "/campaigns/options", 200, "What a campaign can be made of", s.campaignOptions)
	route(s, auth.RunCampaigns, "GET", "/campaigns/forecast", 200, "Who will be called today and tomorrow, who not, and why", s.forecast)
	route(s, auth.RunCampaigns, "GET", "/campaigns/forecast/tasks", 200, "The tasks behind one number of a forecast", s.forecastTasks)
	route(s, auth.RunCampaigns, "GET", "/campaigns", 200, "All campaigns", s.campaigns)
	route(s, auth.ManageCampaigns, "POST", "/campaigns", 201, "Make a campaign", s.campaignCreate)
	route(s, auth.RunCampaigns, "GET", "/campaigns/{id}", 200, "One campaign, live", s.campaign)
	route(s, auth.ManageCampaigns, "PATCH", "/campaigns/{id}", 200, "Change a campaign", s.campaignUpdate)
	route(s, auth.RunCampaigns, "POST", "/campaigns/{id}/start", 200, "Start", s.campaignStart)
	route(s, auth.RunCampaigns, "POST", "/campaigns/{id}/pause", 200, "Pause", s.campaignPause)
	route(s, auth.RunCampaigns, "POST", "/campaigns/{id}/stop", 200, "Stop", s.campaignStop)
	route(s, auth.RunCampaigns, "GET", "/campaigns/{id}/refusals", 200, "Why customers were not called", s.campaignRefusals)
	route(s, auth.RunCampaigns, "GET", "/campaigns/{id}/attempts", 200, "Its calls", s.campaignCalls)
	route(s, auth.RunCampaigns, "GET", "/campaigns/{id}/day", 200, "Its day so far, for a chart", s.campaignDay)
	route(s, auth.RunCampaigns, "GET", "/campaigns/{id}/results", 200, "What its calls of a period came to", s.campaignResults)
	huma.Register(s.api, huma.Operation{
		Method: "GET", Path: "/api/v1/campaigns/{id}/results/export", Summary: "Its results or calls as a file", OperationID: "get-campaigns-id-results-export",
	}, s.campaignExport)

	route(s, auth.ManageCampaigns, "GET", "/campaigns/{id}/what-if", 200, "What other modes, caps, agents and hours would give", s.whatIf)
	route(s, auth.ManageCampaigns, "POST", "/campaigns/{id}/what-if", 202, "Ask, and begin to work it out", s.whatIfAsk)
	route(s, auth.ManageCampaigns, "GET", "/campaigns/{id}/what-if/{run}", 200, "How far a question is; it goes on while somebody asks", s.whatIfRun)
	route(s, auth.ManageCampaigns, "DELETE", "/campaigns/{id}/what-if/{run}", 200, "Give a question up", s.whatIfCancel)

	// Records.
	route(s, auth.SeeCalls, "GET", "/attempts", 200, "The calls behind a number", s.calls)
	route(s, auth.SeeCalls, "GET", "/attempts/{id}", 200, "One call whole", s.call)
	route(s, auth.SeeCustomers, "GET", "/customers", 200, "Search customers", s.customers)
	route(s, auth.SeeCustomers, "GET", "/customers/{id}", 200, "One customer's file", s.customer)
	route(s, auth.SeeCustomers, "GET", "/customers/{id}/why", 200, "Why this customer was not called", s.whyCustomer)
	route(s, auth.SeeCustomers, "GET", "/customers/{id}/timeline", 200, "Everything that happened with a customer", s.customerStory)
	route(s, auth.RevealPhones, "POST", "/customers/{id}/phones/{phone}/reveal", 200, "Read one number in clear, with a reason", s.revealPhone)
	route(s, auth.EditFiles, "POST", "/customers/{id}/consents", 200, "Record an answer about a purpose", s.addConsent)
	route(s, auth.EditFiles, "PUT", "/customers/{id}/blanks", 200, "Fill in what the file lacks: address, postcode, birthday, email", s.fillBlanks)
	route(s, auth.EditFiles, "PUT", "/customers/{id}/preferred-time", 200, "When the customer wants to be called", s.setPreferred)
	route(s, auth.AddDNC, "POST", "/customers/{id}/dnc", 200, "Do not call a number", s.addDNC)
	route(s, auth.EndDNC, "POST", "/customers/{id}/dnc/{entry}/end", 200, "End a do-not-call entry, with proof", s.endDNC)
	route(s, auth.AnswerReviews, "GET", "/reviews", 200, "Questions about files: one customer or two, whose vehicle", s.reviews)
	route(s, auth.AnswerReviews, "GET", "/reviews/{id}", 200, "One question, its two files beside each other", s.review)
	route(s, auth.AnswerReviews, "POST", "/reviews/{id}/answer", 200, "One customer, or different ones", s.reviewAnswer)
	route(s, auth.AnswerReviews, "POST", "/customers/{id}/merge-proposal", 201, "Propose to make one file of two", s.proposeMerge)
	route(s, auth.MergeFiles, "POST", "/merges/{id}/undo", 200, "Take a merge back within 30 days", s.mergeUndo)
	route(s, auth.SeeCustomers, "GET", "/tasks/{id}/why", 200, "Why this task was not called", s.whyTask)
	route(s, auth.SeeCustomers, "GET", "/quick-forms", 200, "Quick-handling forms", s.quickForms)
	route(s, auth.SeeWallboard, "GET", "/wallboard", 200, "Live figures", s.wallboardNow)

	// Lists: customers, vehicles, orders, policies, tasks.
	route(s, auth.SeeCustomers, "GET", "/lists/{list}", 200, "One page of a list", s.listPage)
	route(s, auth.SeeCustomers, "GET", "/lists/{list}/about", 200, "What a list can be narrowed by, sorted by and shows", s.listAbout)
	route(s, auth.SeeCustomers, "GET", "/lists/{list}/count", 200, "How many rows there are", s.listCount)
	route(s, auth.SeeCustomers, "GET", "/lists/{list}/views", 200, "Kept views", s.views)
	route(s, auth.SeeCustomers, "POST", "/lists/{list}/views", 201, "Keep a view", s.viewMake)
	route(s, auth.SeeCustomers, "PUT", "/lists/{list}/views/{id}", 200, "Rename, share or change a view", s.viewChange)
	route(s, auth.SeeCustomers, "DELETE", "/lists/{list}/views/{id}", 200, "Delete a view", s.viewDrop)
	route(s, auth.SeeCustomers, "PUT", "/lists/{list}/first-view", 200, "The view one's page begins with", s.viewOpen)
	huma.Register(s.api, huma.Operation{
		Method: "GET", Path: "/api/v1/lists/{list}/export", Summary: "A list as a file", OperationID: "get-lists-export",
	}, s.listExport)

	// Appointments.
	route(s, auth.BookVisits, "GET", "/slots", 200, "The workshop's slots of some days", s.slots)
	route(s, auth.BookVisits, "GET", "/appointments", 200, "One day's board: bays, slots, bookings", s.visitDay)
	route(s, auth.BookVisits, "POST", "/appointments", 201, "Book a slot", s.visitMake)
	route(s, auth.BookVisits, "POST", "/appointments/{id}/move", 200, "Book another slot in its place", s.visitMove)
	route(s, auth.BookVisits, "POST", "/appointments/{id}/cancel", 200, "Give the slot back", s.visitCancel)
	route(s, auth.ConfirmVisits, "POST", "/appointments/{id}/confirm", 200, "The customer, the parts or the workshop say yes", s.visitConfirm)
	route(s, auth.ConfirmVisits, "POST", "/appointments/{id}/arrive", 200, "The customer is here", s.visitArrive)
	route(s, auth.ConfirmVisits, "POST", "/appointments/{id}/missed", 200, "Why the customer did not come", s.visitMissed)

	// Renewals.
	route(s, auth.SeeRenewals, "GET", "/renewals", 200, "The renewal pipeline", s.renewals)
	route(s, auth.SeeRenewals, "GET", "/renewals/{id}", 200, "One renewal: its register and quotes", s.renewal)
	route(s, auth.RunRenewals, "POST", "/renewals/confirm", 200, "Confirm the month's list", s.renewalsConfirm)
	route(s, auth.WorkRenewals, "POST", "/renewals/{id}/quote", 200, "Send a quote by SMS", s.renewalQuote)
	route(s, auth.WorkRenewals, "POST", "/renewals/{id}/next", 200, "Agree on the next contact", s.renewalNext)
	route(s, auth.WorkRenewals, "POST", "/renewals/{id}/lost", 200, "Note why it is lost", s.renewalLost)
	route(s, auth.RunRenewals, "POST", "/renewals/{id}/reopen", 200, "Go on with a lost one", s.renewalReopen)

	// Messages and letters.
	route(s, auth.SeeMessages, "GET", "/messages", 200, "Short messages and their receipts", s.messages)
	route(s, auth.SendMessages, "POST", "/messages/{id}/again", 201, "Send a message once more", s.messageAgain)
	route(s, auth.SeeMessages, "GET", "/letters", 200, "Letters to print and mail", s.letters)
	route(s, auth.SendMessages, "POST", "/letters/mark", 200, "Printed, mailed or returned", s.lettersMark)

	// Rework.
	route(s, auth.SeeAllCustomers, "GET", "/reworks", 200, "Reports that work must be done again", s.reworks)
	route(s, auth.DecideRework, "POST", "/reworks/{id}/decision", 200, "Confirm one with its cause, or reject it", s.reworkDecide)

	// Figures.
	route(s, auth.SeeOwnFigures, "GET", "/figures", 200, "K-01 to K-15 of a period", s.figures)
	route(s, auth.SeeOwnFigures, "GET", "/figures/{id}/rows", 200, "The rows that a figure is the sum of", s.figureRows)
	huma.Register(s.api, huma.Operation{
		Method: "GET", Path: "/api/v1/figures/export", Summary: "The figures as a file", OperationID: "get-figures-export",
	}, s.figuresExport)

	// The store's settings.
	route(s, "", "GET", "/store/insurers", 200, "Insurers the store may quote", s.insurers)
	route(s, "", "POST", "/store/insurers", 200, "Put an insurer on the list", s.insurerAdd)
	route(s, "", "DELETE", "/store/insurers", 200, "Take an insurer off the list", s.insurerDrop)
	route(s, auth.ManageStore, "GET", "/store/windows", 200, "When automatic calls are made", s.callWindows)
	route(s, auth.ManageStore, "PUT", "/store/windows", 200, "Change when automatic calls are made", s.callWindowsSet)
	route(s, auth.ManageStore, "GET", "/store/plans", 200, "Maintenance plans: the store's own, and the shipped ones", s.plans)
	route(s, auth.ManageStore, "PUT", "/store/plans", 200, "Write a maintenance plan of the store's own", s.planSave)
	route(s, auth.ManageStore, "DELETE", "/store/plans/{id}", 200, "Delete a maintenance plan of the store's own", s.planDrop)
	route(s, auth.ManageStore, "GET", "/store/bays", 200, "The workshop's bays", s.bays)
	route(s, auth.ManageStore, "PUT", "/store/bays", 200, "Change hours and capacity of the workshop's bays", s.baysSave)

	// The house.
	route(s, auth.ManageUsers, "GET", "/api-keys", 200, "Keys of machines", s.keys)
	route(s, auth.ManageUsers, "POST", "/api-keys", 201, "Make a key for nightly drops", s.keyCreate)
	route(s, auth.ManageUsers, "DELETE", "/api-keys/{id}", 200, "Revoke a key", s.keyRevoke)
	route(s, auth.SeeSystem, "GET", "/system", 200, "Health in words", s.system)
	route(s, auth.MoveClock, "POST", "/clock/next-window", 200, "Demo: move business time to the next call window", s.moveClock)

	s.router.Get("/api/v1/live", s.hub.ServeHTTP)
	s.router.Handle("/metrics", s.Metrics)
	if s.SMSHook != nil {
		s.router.Method("POST", "/hooks/sms", s.SMSHook)
	}
	s.router.Handle("/healthz", s.Health)
	s.router.Handle("/readyz", s.Health)
	s.router.NotFound(s.static().ServeHTTP)
	s.router.MethodNotAllowed(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusMethodNotAllowed) })
}
