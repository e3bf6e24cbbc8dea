package assess

import "github.com/opentruce/truce"

// work says what would establish a missing fact, and who could.
var work = map[truce.Fact]truce.Task{
	truce.FactPlace:    {What: "where it happened, closely enough to tell inside from outside", Who: "a patrol or a camera by bearing and distance; a publisher by naming the settlement; the parties by coordinates"},
	truce.FactTime:     {What: "when it happened, closely enough to tell before from after", Who: "a sensor's clock; a witness; the publisher's own log"},
	truce.FactAct:      {What: "which act it was", Who: "a patrol by crater and fragment analysis; a camera or acoustic record"},
	truce.FactWeapon:   {What: "which weapon it was", Who: "a patrol by fragments; an acoustic or radar record; the party that used it"},
	truce.FactCalibre:  {What: "the calibre", Who: "a patrol by measuring fragments or the barrel; the party's weapons register"},
	truce.FactActor:    {What: "whose it was", Who: "the parties; a monitor who saw markings or the direction of fire"},
	truce.FactSide:     {What: "whom it was directed at", Who: "a patrol at the place of impact; the parties"},
	truce.FactObject:   {What: "which object was hit", Who: "a patrol at the place; satellite imagery; the object's operator"},
	truce.FactNotice:   {What: "whether it was notified in time", Who: "the party that acted; the mission's log of notifications"},
	truce.FactNumber:   {What: "how many are due", Who: "the parties by lists that agree; the mission by a count"},
	truce.FactAnswer:   {What: "whether it was return fire, as the party that acted states it", Who: "the party that acted, by a response that says return-fire"},
	truce.FactAttack:   {What: "an attack that was answered: before it and near it, by enough evidence, and not itself return fire", Who: "a patrol, cameras or acoustic records; sources that are independent of the parties"},
	truce.FactAttacker: {What: "who made the attack before it", Who: "a person of the mission, by an attribution with the confidence that the article asks for"},
	truce.FactCoverage: {What: "who could have seen it", Who: "the mission, by patrols, cameras or passes over the area"},
}

func tasks(missing []truce.Fact) []truce.Task {
	var out []truce.Task
	for _, f := range missing {
		t := work[f]
		t.Fact = f
		out = append(out, t)
	}
	return out
}

// Who could establish a fact; empty: not known.
func Who(f truce.Fact) string { return work[f].Who }
