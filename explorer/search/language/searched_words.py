"""Words that people search photos for, to propose where a word is misspelled."""

from __future__ import annotations

from explorer.library.text.ordinary_words import word_set

_LISTED = """
acrobat acrobatics adult aeroplane airplane airport albatross alligator alpaca ambulance anchor
ant antelope apartment apple apron aquarium armchair artist astronaut autumn avocado baby backpack
backyard bagpipe bakery balcony ball ballerina balloon banana bandana bandanna banjo barbecue
barbeque barefoot baseball basket basketball basset bathrobe bathroom bathtub beach beagle bear
beard beaver bedroom beer bench bicycle bicyclist bike bikini birdhouse birthday blanket bloom
blossom bluebell boat bonfire bottle bouquet bowling boxing bracelet branch bread breakfast bride
bridge brindle broccoli brother bubbles buffalo building bulldog burger butterfly cactus cafe cake
camel campfire camping campsite candle canoe canyon carnival carousel carpet carrot carton cartoon
castle caterpillar cathedral celebration cemetery ceremony chair chameleon champagne chandelier
chapel cheese cheetah cherry chess chicken chihuahua children chimney chimpanzee chipmunk
chocolate christmas church churro cinema circus cliff climbing cloud cobweb cockapoo cockatoo
cocktail coffee concert cooking costume couch cowboy coyote crab crane crocodile crowd cruise
cucumber cupcake cyclist dachshund daisy dalmatian dance dancing dandelion daughter deer dentist
desert dessert diamond diapers dining dinner dinosaur diving dock doctor document dolphin donkey
donut doorway dragon dragonfly drawing dress drink driving drone drums drumset duckling eagle
easter elephant elevator engagement escalator evening excavator eyeglasses facebook factory falcon
family farmer father feather fence ferry festival firefighter fireplace firework fireworks fishing
flamingo flower flute foggy foosball football forest fountain friends frisbee frost funeral
furniture galaxy garage garden garlic gazebo giraffe glacier glasses goldfish golf gondola goose
gorilla graduation graffiti grandfather grandma grandmother grandpa grasshopper guitar gull
gymnastics hairdryer halloween hamburger hammock hamster handwriting harbor hedgehog helicopter
helmet hiking hippopotamus hockey holiday honeymoon hoodie horse hospital hotel house hummingbird
husky iceberg icicle igloo iguana instagram instrument island jacket jaguar jeans jellyfish
jewelry jogger jogging juggler juggling jungle kangaroo karaoke kayak keyboard kitchen kite kitten
koala labrador ladder ladybug lake lamp landscape lantern laptop laundry lawnmower lemon leopard
leotard library lighthouse lightning lion lioness lizard llama lobster luggage lunch macaw machu
magazine mailbox market marriage mask meadow meerkat meme microphone microscope microwave mirror
monastery monkey monument moose mosque mosquito mother motorbike motorcycle motorcyclist mountain
mural museum mushroom musician necklace newborn newspaper night nightclub notebook ocean octopus
orange orchestra orchid ostrich otter owl pagoda painting pajamas palace palm pancake panda
panther parachute parade parka parrot party passport peacock pelican penguin people pepper picnic
pier pigeon pineapple pizza planet playground polaroid police pomegranate poncho poodle porcupine
portrait potato pregnant procession puddle puppy pyjamas pyramid rabbit raccoon racket railway
rainbow ramp receipt reef refrigerator reindeer restaurant retriever rhinoceros river robot rocket
rollercoaster rooftop rooster rottweiler rowboat running sailboat sailing salad salmon samosa
sandal sandals sandcastle sandwich santa saxophone scarecrow schnauzer school scissors scooter
scorpion screenshot sculpture seafood seagull seahorse seal seashore seaside seawall selfie sheep
shelf shepherd ship shoes shopping shoreline silhouette sister skate skateboard skeleton skiing
skyline skyscraper sled sledding sledge sleeping smartphone snail snake sneakers snorkel
snorkeling snow snowbank snowboard snowman snowpants soccer soldier spa spaghetti spandex spaniel
sparrow spider spring squirrel stadium stairs starfish station statue strawberry street stroller
student subway suitcase summer sunflower sunglasses sunrise sunset surfboard surfing sushi swan
swimming swimsuit swing table tattoo teacher teddy telephone telescope television temple tennis
terrace terrier theater tiger toddler tomato tortoise toucan tractor traffic trailer train
trampoline treasure treehouse tricycle trombone truck trumpet tulip tunnel turkey turtle tuxedo
twilight umbrella unicorn uniform vacation valley vegetables vending village vineyard violin
volcano volleyball waiter walrus wardrobe warthog watch waterfall watermelon waterside waterslide
wedding wetsuit whale wharf whatsapp wheelchair whiteboard wildflower wildlife windmill window
wine winter wolf woman woodpecker workshop wrestling yacht yoga zebra zoo
"""
SEARCHED_WORDS = word_set(_LISTED)
"""In lower case."""
