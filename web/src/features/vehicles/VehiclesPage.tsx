// The store's vehicles: when they came last, when they are due, when their cover ends.
import { ListPage } from "../../lists/ListPage";

export default function VehiclesPage() {
  return <ListPage list="vehicles" icon="wrench" first={{ title: "lists.noVehicles", text: "lists.noVehiclesText" }} />;
}
