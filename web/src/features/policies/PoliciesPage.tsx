// The store's policies by their end, with how far each renewal is.
import { ListPage } from "../../lists/ListPage";

export default function PoliciesPage() {
  return <ListPage list="policies" icon="shield" first={{ title: "lists.noPolicies", text: "lists.noPoliciesText" }} />;
}
