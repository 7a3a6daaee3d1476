"""Common search phrases, against which a query is compared."""

from __future__ import annotations

BACKGROUND_PHRASES: tuple[str, ...] = tuple(
    phrase.strip()
    for phrase in """
dog, cat, horse, bird, fish, insect, elephant, flower, tree, forest, grass, mushroom, fruit,
vegetables, bread, cake, pizza, salad, drink, coffee, bottle, cup, plate, kitchen, knife, table,
chair, sofa, bed, lamp, window, door, bathroom, bathtub, house, church, castle, bridge, tower,
street, road sign, traffic light, car, truck, bus, train, bicycle, motorcycle, aeroplane,
helicopter, boat, ship, rocket, tractor, beach, sea, river, waterfall, lake, mountain, desert,
snow, cave, sky, clouds, sunset, night, moon, fireworks, fire, rain, fog, garden, farm, field,
city, market, shop, restaurant, museum, statue, painting, drawing, map, book, newspaper, letter,
computer, telephone, television, camera, keyboard, clock, watch, ring, hat, shoes, shirt, dress,
suit, uniform, glasses, umbrella, bag, suitcase, toy, doll, ball, balloon, kite, guitar, piano,
violin, drum, trumpet, microphone, stage, concert, dance, wedding, birthday party, crowd, baby,
child, man, woman, old person, family, soldier, police officer, doctor, hospital, school,
classroom, office, factory, machine, tool, hammer, scissors, rope, ladder, box, coin, flag,
football, tennis, swimming, skiing, surfing, running, climbing, fishing, cooking, reading,
sleeping, skeleton, shell, spider, snake, frog, butterfly
""".replace("\n", " ").split(",")
    if phrase.strip()
)
"""Common things, places and activities. Most of them occur in few libraries."""
